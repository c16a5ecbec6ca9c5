import { lineType, type LineType } from '../domain/formats/cc5/line-type';

/*
 * A sync file (data-model B.4) as lines: rows 00-03 on top, data, and row 99 with their number at the end. Lines are
 * copied as they are, bytes and all, so that one which could not be read is handed back unchanged.
 */

const headerLines = 4;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Lines without their ends, as many at a time as a piece of the stream completes. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[]> {
  let rest = Buffer.alloc(0);
  let first = true;
  for await (const piece of source) {
    let bytes = Buffer.concat([rest, piece]);
    if (first && bytes.length >= byteOrderMark.length) {
      if (bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)) bytes = bytes.subarray(byteOrderMark.length);
      first = false;
    }
    const lines: Buffer[] = [];
    let from = 0;
    for (let to = bytes.indexOf(lineFeed); to >= 0; to = bytes.indexOf(lineFeed, from)) {
      lines.push(withoutReturn(bytes.subarray(from, to)));
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [withoutReturn(rest)];
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

export interface Cc5Part {
  source: AsyncIterable<Uint8Array>;
  /** Which lines to keep, counted from 1 as in the results; null keeps all. Asked in rising order. */
  keeps: ((lineNo: number) => Promise<boolean>) | null;
}

/** One sync file out of several with the same header rows, with the lines that are kept and their number in row 99. */
export async function* mergeCc5(parts: AsyncIterable<Cc5Part>): AsyncGenerator<Buffer> {
  const newLine = Buffer.from([lineFeed]);
  let rows = 0;
  let headed = false;
  for await (const { source, keeps } of parts) {
    let lineNo = 0;
    for await (const lines of readLines(source)) {
      const kept: Buffer[] = [];
      for (const line of lines) {
        lineNo += 1;
        const isHeader = lineNo <= headerLines;
        const type = lineType(line[0] ?? -1, line[1] ?? -1, line[2] ?? -1);
        if (isHeader ? headed : !isRow(line, type) || (keeps && !(await keeps(lineNo)))) continue;
        // Row 99 counts 10 and 90 rows; what is neither is malformed and not counted.
        if (type === 'upsert' || type === 'delete') rows += 1;
        kept.push(line, newLine);
      }
      if (kept.length > 0) yield Buffer.concat(kept);
    }
    headed = true;
  }
  yield Buffer.from(`99|${rows}\n`);
}

function isRow(line: Buffer, type: LineType): boolean {
  return line.length > 0 && type !== 'close' && type !== 'metadata';
}

/** Answers whether a line is in a rising list of numbers that is itself a stream. */
export function keepListed(numbers: AsyncIterator<number>): (lineNo: number) => Promise<boolean> {
  let next: Promise<IteratorResult<number>> | undefined;
  return async (lineNo) => {
    next ??= numbers.next();
    let current = await next;
    while (!current.done && current.value < lineNo) {
      next = numbers.next();
      current = await next;
    }
    return !current.done && current.value === lineNo;
  };
}
