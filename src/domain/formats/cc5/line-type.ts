/** What a line after row 03 is, by its row type (data-model B.4). Scanner and reader must agree on it, so it is here. */
export type LineType = 'upsert' | 'delete' | 'close' | 'metadata' | 'malformed';

const pipe = 124;
const endOfLine = -1;

/** Type of a non-blank line by its first three characters; -1 stands for the end of the line. */
export function lineType(first: number, second: number, third: number): LineType {
  if (third !== pipe && third !== endOfLine) return 'malformed';
  if (first === 49 && second === 48) return 'upsert';
  if (first === 57 && second === 48) return 'delete';
  if (first === 57 && second === 57) return 'close';
  return first === 48 && second >= 52 && second <= 57 ? 'metadata' : 'malformed';
}
