import { unescapeCell } from './escape';
import { lineType } from './line-type';

/** One row of a sync file. */
export interface Cc5Row {
  /** Its line in the file. */
  rowNo: number;
  /** What it asks for; null when it cannot be read (ROW_MALFORMED). */
  operation: 'upsert' | 'delete' | null;
  /** In the order of the columns; of a delete only the key. */
  values: readonly string[];
}

const lineFeed = 10;
const carriageReturn = 13;
const noValues: readonly string[] = [];

/**
 * Bytes that become text at a time. Rows keep the text alive that they were cut from: that of a whole chunk would grow
 * old in memory, this is forgotten with its rows.
 */
const pieceBytes = 64 * 1024;

/**
 * Reads the rows of one chunk of a sync file (data-model B.4). Takes the bytes of whole lines, the number of columns in
 * row 03 and the line number of the first line. LF and CRLF; the number of columns decides whether a last empty field
 * is a value or only the trailing pipe (E-08). Blank lines, metadata rows 04 to 09 and the closing row are passed over.
 */
export function* readCc5Rows(bytes: Uint8Array, columnCount: number, firstLine: number): Generator<Cc5Row> {
  let rowNo = firstLine;
  for (const text of wholeLines(bytes)) {
    for (let start = 0; start < text.length; rowNo += 1) {
      const found = text.indexOf('\n', start);
      const next = found < 0 ? text.length : found;
      const end = next > start && text.charCodeAt(next - 1) === carriageReturn ? next - 1 : next;
      const row = end > start ? readLine(text, start, end, columnCount, rowNo) : undefined;
      if (row) yield row;
      start = next + 1;
    }
  }
}

/** The text of some lines at a time. */
function* wholeLines(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let from = 0; from < bytes.length;) {
    const to = endOfLines(bytes, from);
    yield decoder.decode(bytes.subarray(from, to));
    from = to;
  }
}

/** Where a piece ends that begins at `from`: behind the last line that fits, or the first one when that is longer. */
function endOfLines(bytes: Uint8Array, from: number): number {
  const most = from + pieceBytes;
  if (most >= bytes.length) return bytes.length;
  const last = bytes.lastIndexOf(lineFeed, most - 1);
  if (last >= from) return last + 1;
  const next = bytes.indexOf(lineFeed, most);
  return next < 0 ? bytes.length : next + 1;
}

function codeAt(text: string, at: number, end: number): number {
  return at < end ? text.charCodeAt(at) : -1;
}

function readLine(text: string, start: number, end: number, columnCount: number, rowNo: number): Cc5Row | undefined {
  const type = lineType(codeAt(text, start, end), codeAt(text, start + 1, end), codeAt(text, start + 2, end));
  if (type === 'close' || type === 'metadata') return undefined;
  if (type === 'malformed') return { rowNo, operation: null, values: noValues };
  const line = text.slice(start + 3, end);
  const values = line.split('|');
  const expected = type === 'upsert' ? columnCount : 1;
  if (values.length === expected + 1 && values[expected] === '') values.pop();
  if (values.length !== expected) return { rowNo, operation: null, values: noValues };
  return { rowNo, operation: type, values: line.includes('#') ? values.map(unescapeCell) : values };
}
