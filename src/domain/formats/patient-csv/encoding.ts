export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** What Windows-1252 has in place of the control characters 0x80 to 0x9f; the five that it leaves free stay. */
const windowsCharacters =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Text of whole characters in an encoding; a mark at the beginning (BOM) is left out. Wrong bytes become U+FFFD. */
export function decodeCsv(bytes: Uint8Array, encoding: CsvEncoding): string {
  if (encoding !== 'windows-1252') return new TextDecoder(encoding).decode(bytes);
  // TextDecoder of several releases of Node 20 to 23 takes windows-1252 for Latin-1.
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return latin.replace(/[\u0080-\u009f]/g, (character) => windowsCharacters.charAt(character.charCodeAt(0) - 0x80));
}

/** What the first four bytes of a file say about its encoding; undefined when they are UTF-8 or Windows-1252. */
export function encodingMark(head: Uint8Array): { encoding: CsvEncoding; markBytes: number } | undefined {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', markBytes: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  // Without a mark UTF-16 shows by the zero half of each of the first two letters.
  if (a && b === 0 && c && d === 0) return { encoding: 'utf-16le', markBytes: 0 };
  return a === 0 && b && c === 0 && d ? { encoding: 'utf-16be', markBytes: 0 } : undefined;
}

/** In plain words what a file is that is not CSV, by its first bytes; undefined when they do not tell. */
export function otherFileKind(head: Uint8Array): string | undefined {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x4b, 0x03, 0x04)) {
    return 'it is an Excel workbook or another zip archive. Save the sheet as CSV and send that file';
  }
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) return 'it is an old Excel workbook. Save the sheet as CSV and send that file';
  if (starts(0x25, 0x50, 0x44, 0x46)) return 'it is a PDF document';
  if (starts(0x1f, 0x8b)) return 'it is compressed. Send the file itself';
  return undefined;
}
