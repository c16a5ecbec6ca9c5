import { parseCells, type CsvDelimiter } from './cells';
import { decodeCsv } from './encoding';
import type { PatientCsvHeader } from './header';
import { createRecordCutter, plainCodes } from './record-cutter';

/** One record of a CSV file, cells as they were sent. */
export interface CsvRecord {
  /** Number of the line on which it begins; the header row is line 1. */
  line: number;
  cells: readonly string[];
  /** The record as it stands in the file, without the line break that ends it. */
  text: string;
}

interface Cut {
  line: number;
  from: number;
  to: number;
  /** Where the next record begins. */
  next: number;
  isBlank: boolean;
}

/** Characters that are parsed at once: so many that starting the parser costs nothing, so few that cells stay few. */
const sliceLength = 128 * 1024;

/**
 * Reads whole records of a patient file (a chunk of the plan), in order, as they are asked for. Rows with nothing in them,
 * as spreadsheets leave at the end, are passed over, and are not counted in the plan.
 */
export function* eachPatientRecord(
  bytes: Uint8Array,
  { encoding, delimiter }: Pick<PatientCsvHeader, 'encoding' | 'delimiter'>,
  firstLine: number,
): Generator<CsvRecord> {
  const text = decodeCsv(bytes, encoding);
  let cuts: Cut[] = [];
  for (const cut of cutRecords(text, delimiter, firstLine)) {
    cuts.push(cut);
    if (cut.next - (cuts[0]?.from ?? 0) < sliceLength) continue;
    yield* recordsOf(text, delimiter, cuts);
    cuts = [];
  }
  yield* recordsOf(text, delimiter, cuts);
}

/** Our own cuts give the lines and the texts, csv-parse the cells: the two have to agree. */
function* recordsOf(text: string, delimiter: CsvDelimiter, cuts: readonly Cut[]): Generator<CsvRecord> {
  const rows = parseCells(text.slice(cuts[0]?.from ?? 0, cuts.at(-1)?.next ?? 0), delimiter);
  if (rows.length !== cuts.length) throw new Error(`csv-parse finds ${rows.length} records, not ${cuts.length}`);
  for (const [i, { line, from, to, isBlank }] of cuts.entries()) {
    if (!isBlank) yield { line, cells: rows[i] ?? [], text: text.slice(from, to) };
  }
}

/** Where the records of a text begin and end; the last one may lack its line break. */
function* cutRecords(text: string, delimiter: CsvDelimiter, firstLine: number): Generator<Cut> {
  const cutter = createRecordCutter(delimiter.charCodeAt(0));
  const plain = plainCodes(delimiter.charCodeAt(0));
  let wasPlain = false;
  let from = 0;
  let line = firstLine;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPlain = code > 255 || plain[code] === 1;
    if (isPlain && wasPlain) continue;
    wasPlain = isPlain;
    if (!cutter.next(code)) continue;
    const to = at;
    if (text.startsWith('\r\n', at)) {
      at += 1;
      cutter.next(text.charCodeAt(at));
    }
    yield { line, from, to, next: at + 1, isBlank: cutter.isBlank() };
    from = at + 1;
    line = firstLine + cutter.lineBreaks();
    cutter.reset();
  }
  if (from < text.length) yield { line, from, to: text.length, next: text.length, isBlank: cutter.isBlank() };
}
