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

const lineFeed = '\n';
const carriageReturn = 13;
const noValues: readonly string[] = [];

/**
 * Reads the rows of one chunk of a sync file (data-model B.4). Takes the text of whole lines, the number of columns in
 * row 03 and the line number of the first line. LF and CRLF; the number of columns decides whether a last empty field
 * is a value or only the trailing pipe (E-08). Blank lines, metadata rows 04 to 09 and the closing row are passed over.
 */
export function* readCc5Rows(text: string, columnCount: number, firstLine: number): Generator<Cc5Row> {
  let rowNo = firstLine;
  for (let start = 0; start < text.length; rowNo += 1) {
    const found = text.indexOf(lineFeed, start);
    const next = found < 0 ? text.length : found;
    const end = next > start && text.charCodeAt(next - 1) === carriageReturn ? next - 1 : next;
    const row = end > start ? readLine(text, start, end, columnCount, rowNo) : undefined;
    if (row) yield row;
    start = next + 1;
  }
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
