import { fileProblem, type FileProblem, type MessageParams } from '../../codes';
import { headerLines, parseCc5Header, type Cc5Header, type Result } from './header';
import { lineType } from './line-type';
import { createUtf8Checker } from './utf8';

/** Whole lines of a file that are read as one piece of work. */
export interface Cc5Chunk {
  byteFrom: number;
  /** Exclusive. */
  byteTo: number;
  /** Line number of the first line. */
  firstLine: number;
  /** Rows that reading the chunk gives, malformed ones included. */
  rowCount: number;
}

export interface Cc5Plan {
  header: Cc5Header;
  chunks: readonly Cc5Chunk[];
  /** Sum over the chunks. */
  rowCount: number;
  upserts: number;
  deletes: number;
  sizeBytes: number;
}

export interface Cc5ScannerOptions {
  /** A chunk ends with the line that reaches this size. */
  chunkBytes: number;
  maxLineBytes: number;
  /** A native check of UTF-8, such as `isUtf8` of `node:buffer`: this room may not import it. */
  isUtf8?: (bytes: Uint8Array) => boolean;
}

export interface Cc5Scanner {
  /** Takes the next bytes; gives the problem as soon as one is known, after which more bytes change nothing. */
  push(bytes: Uint8Array): FileProblem | null;
  end(): Result<{ plan: Cc5Plan }>;
}

const lineFeed = 10;
const carriageReturn = 13;
/** Enough of a line to know its type and the count of the closing row. */
const headBytes = 64;

/**
 * Looks at a whole sync file once, in memory that does not grow with it: reads the header, plans chunks at line
 * boundaries, checks UTF-8, line lengths and that the closing row comes last and counts the 10 and 90 rows (data-model
 * B.4). Problems: FILE_EMPTY, FILE_HEADER_INVALID, FILE_COUNT_MISMATCH, FILE_ENCODING_INVALID, FILE_TOO_LARGE (a line).
 */
export function createCc5Scanner({ chunkBytes, maxLineBytes, isUtf8 }: Cc5ScannerOptions): Cc5Scanner {
  const utf8 = createUtf8Checker(isUtf8);
  const headerDecoder = new TextDecoder();
  const headerTexts: string[] = [''];
  const chunks: Cc5Chunk[] = [];
  // The beginning of a line that is split between pushes.
  const head = new Uint8Array(headBytes);
  let headLength = 0;
  let carriedBytes = 0;

  let problem: FileProblem | null = null;
  let header: Cc5Header | null = null;
  let lineNo = 1;
  let bytesBefore = 0;
  let chunkFrom = 0;
  let chunkFirstLine = headerLines + 1;
  let chunkRows = 0;
  let rowCount = 0;
  let upserts = 0;
  let deletes = 0;
  let declared: number | null = null;
  let closeLine = 0;

  function fail(code: FileProblem['code'], line?: number, params?: MessageParams): void {
    problem ??= fileProblem(code, line, params);
  }

  function closeChunk(byteTo: number, nextLine: number): void {
    if (chunkRows > 0) chunks.push({ byteFrom: chunkFrom, byteTo, firstLine: chunkFirstLine, rowCount: chunkRows });
    chunkFrom = byteTo;
    chunkFirstLine = nextLine;
    chunkRows = 0;
  }

  function finishHeaderLine(nextByte: number): void {
    if (lineNo < headerLines) {
      headerTexts.push('');
      return;
    }
    const parsed = parseCc5Header(headerTexts.map(withoutCarriageReturn));
    if (parsed.ok) header = parsed.header;
    else problem ??= parsed.problem;
    chunkFrom = nextByte;
  }

  /** A line after the header: `source` from `at` holds its beginning, `length` is that of the whole line. */
  function finishLine(source: Uint8Array, at: number, length: number, nextByte: number): void {
    // A carriage return counts as the end of the line only where the line feed follows it.
    const byteAt = (offset: number): number => {
      const byte = offset < length ? (source[at + offset] as number) : -1;
      return byte === carriageReturn && offset === length - 1 ? -1 : byte;
    };
    if (length === 0 || (length === 1 && byteAt(0) === -1)) return;
    if (declared !== null) {
      fail('FILE_COUNT_MISMATCH', lineNo, { reason: 'it is not the last row' });
      return;
    }
    const type = lineType(byteAt(0), byteAt(1), byteAt(2));
    if (type === 'close') {
      declared = declaredRows(byteAt);
      closeLine = lineNo;
      closeChunk(bytesBefore, lineNo + 1);
    } else if (type !== 'metadata') {
      rowCount += 1;
      chunkRows += 1;
      if (type === 'upsert') upserts += 1;
      else if (type === 'delete') deletes += 1;
    }
    if (nextByte - chunkFrom >= chunkBytes) closeChunk(nextByte, lineNo + 1);
  }

  function keepHead(bytes: Uint8Array, from: number, to: number): void {
    const taken = Math.min(to - from, headBytes - headLength);
    head.set(bytes.subarray(from, from + taken), headLength);
    headLength += taken;
    carriedBytes += to - from;
    if (header === null) addHeaderText(bytes, from, to);
  }

  function addHeaderText(bytes: Uint8Array, from: number, to: number): void {
    headerTexts[headerTexts.length - 1] += headerDecoder.decode(bytes.subarray(from, to), { stream: true });
  }

  /** Ends the current line, whose last part is from..to of these bytes. */
  function endLine(bytes: Uint8Array, from: number, to: number, nextByte: number): void {
    const length = carriedBytes + to - from;
    if (length > maxLineBytes) fail('FILE_TOO_LARGE', lineNo);
    else if (header === null) {
      addHeaderText(bytes, from, to);
      finishHeaderLine(nextByte);
    } else if (carriedBytes === 0) finishLine(bytes, from, length, nextByte);
    else {
      keepHead(bytes, from, to);
      finishLine(head, 0, length, nextByte);
    }
    headLength = 0;
    carriedBytes = 0;
    bytesBefore = nextByte;
    lineNo += 1;
  }

  let offset = 0;

  function push(bytes: Uint8Array): FileProblem | null {
    if (problem !== null) return problem;
    const wrong = utf8.push(bytes);
    if (wrong >= 0) {
      fail('FILE_ENCODING_INVALID', lineNo + countLineFeeds(bytes, wrong));
      return problem;
    }
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0 && problem === null; at = bytes.indexOf(lineFeed, from)) {
      endLine(bytes, from, at, offset + at + 1);
      from = at + 1;
    }
    offset += bytes.length;
    if (problem === null && from < bytes.length) {
      keepHead(bytes, from, bytes.length);
      if (carriedBytes > maxLineBytes) fail('FILE_TOO_LARGE', lineNo);
    }
    return problem;
  }

  function end(): Result<{ plan: Cc5Plan }> {
    if (problem === null && !utf8.isComplete()) fail('FILE_ENCODING_INVALID', lineNo);
    if (problem === null && carriedBytes > 0) endLine(new Uint8Array(0), 0, 0, offset);
    if (problem === null && header === null) finishHeader();
    if (problem === null) checkCount();
    if (problem !== null || header === null) return { ok: false, problem: problem ?? fileProblem('FILE_EMPTY') };
    return { ok: true, plan: { header, chunks, rowCount, upserts, deletes, sizeBytes: offset } };
  }

  function finishHeader(): void {
    const parsed = parseCc5Header(headerTexts.map(withoutCarriageReturn));
    if (!parsed.ok) problem = parsed.problem;
  }

  function checkCount(): void {
    const counted = upserts + deletes;
    if (declared === null)
      fail('FILE_COUNT_MISMATCH', lineNo, { reason: 'it is missing, the file seems to be cut off' });
    else if (declared < 0) fail('FILE_COUNT_MISMATCH', closeLine, { reason: 'it does not hold a number' });
    else if (declared !== counted) {
      fail('FILE_COUNT_MISMATCH', closeLine, { reason: `it counts ${declared} rows, the file has ${counted}` });
    }
  }

  return { push, end };
}

/** Number in the closing row, -1 when there is none; further fields may follow it (E-07). */
function declaredRows(byteAt: (offset: number) => number): number {
  let digits = '';
  for (let i = 3; i < headBytes; i += 1) {
    const byte = byteAt(i);
    if (byte < 48 || byte > 57) return digits !== '' && (byte === -1 || byte === 124) ? Number(digits) : -1;
    digits += String.fromCharCode(byte);
  }
  return -1;
}

function countLineFeeds(bytes: Uint8Array, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0 && at < to; at = bytes.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}

function withoutCarriageReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
