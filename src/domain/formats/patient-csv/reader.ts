import { parseCells, type CsvDelimiter } from './cells';
import { decodeCsv } from './encoding';
import type { PatientCsvHeader } from './header';
import { createRecordCutter } from './record-cutter';

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
  isBlank: boolean;
}

/**
 * Reads whole records of a patient file (a chunk of the plan), in order. Rows with nothing in them, as spreadsheets leave
 * at the end, are passed over, and are not counted in the plan.
 */
export function readPatientRecords(
  bytes: Uint8Array,
  header: Pick<PatientCsvHeader, 'encoding' | 'delimiter'>,
  firstLine: number,
  onRecord: (record: CsvRecord) => void,
): void {
  const text = decodeCsv(bytes, header.encoding);
  const cuts = cutRecords(text, header.delimiter, firstLine);
  const rows = parseCells(text, header.delimiter);
  if (rows.length !== cuts.length) throw new Error(`csv-parse finds ${rows.length} records, not ${cuts.length}`);
  cuts.forEach(({ line, from, to, isBlank }, i) => {
    if (!isBlank) onRecord({ line, cells: rows[i] ?? [], text: text.slice(from, to) });
  });
}

/** Where the records of a text begin and end; the last one may lack its line break. */
function cutRecords(text: string, delimiter: CsvDelimiter, firstLine: number): Cut[] {
  const cutter = createRecordCutter(delimiter.charCodeAt(0));
  const cuts: Cut[] = [];
  let from = 0;
  let line = firstLine;
  for (let at = 0; at < text.length; at += 1) {
    if (!cutter.next(text.charCodeAt(at))) continue;
    cuts.push({ line, from, to: at, isBlank: cutter.isBlank() });
    if (text.startsWith('\r\n', at)) {
      at += 1;
      cutter.next(text.charCodeAt(at));
    }
    from = at + 1;
    line = firstLine + cutter.lineBreaks();
    cutter.reset();
  }
  if (from < text.length) cuts.push({ line, from, to: text.length, isBlank: cutter.isBlank() });
  return cuts;
}
