import type { FileProblem } from '../../codes';
import { decodeCsv, encodingMark, otherFileKind, type CsvEncoding } from './encoding';
import { emptyFile, encodingInvalid, headerOnly, notCsv, quoteOpen, tooLong } from './faults';
import { delimiterOf, parseHeader, type PatientCsvHeader, type Result } from './header';
import { createRecordCutter, plainCodes } from './record-cutter';
import { createUtf8Guess } from './utf8-guess';

/** Whole records of a patient file that are read as one piece of work. */
export interface PatientCsvChunk {
  byteFrom: number;
  /** Exclusive. */
  byteTo: number;
  /** Line number of the first line. */
  firstLine: number;
  /** Records that reading the chunk gives: rows with nothing in them are not counted. */
  rowCount: number;
}

export interface PatientCsvPlan {
  header: PatientCsvHeader;
  chunks: readonly PatientCsvChunk[];
  /** Sum over the chunks. */
  rowCount: number;
  sizeBytes: number;
}

export interface PatientCsvScannerOptions {
  /** A chunk ends with the record that reaches this size. */
  chunkBytes: number;
  /** A longer record is none of ours, and would have to be held in memory whole. */
  maxRecordBytes?: number;
  /** A native check of UTF-8, such as `isUtf8` of `node:buffer`: this room may not import it. */
  isUtf8?: (bytes: Uint8Array) => boolean;
}

export interface PatientCsvScanner {
  /** Takes the next bytes; gives the problem as soon as one is known, after which more bytes change nothing. */
  push(bytes: Uint8Array): FileProblem | null;
  end(): Result<{ plan: PatientCsvPlan }>;
}

const defaultMaxRecordBytes = 1024 * 1024;
/** Enough to know what kind of file it is. */
const headBytes = 4;
const comma = 44;
const lineFeed = 10;
const carriageReturn = 13;

/**
 * Looks at a whole patient file once, in memory that does not grow with it: finds its encoding, recognises its columns
 * and plans chunks at the ends of records, outside quotation marks. UTF-8 and UTF-16 are known by their mark (BOM);
 * without one a file is UTF-8 when all of it can be, else Windows-1252. Problems: FILE_EMPTY (no rows), FILE_NOT_CSV,
 * FILE_COLUMN_MISSING, FILE_HEADER_INVALID, FILE_TOO_LARGE (a record), FILE_QUOTE_OPEN, FILE_ENCODING_INVALID.
 */
export function createPatientCsvScanner(options: PatientCsvScannerOptions): PatientCsvScanner {
  const { chunkBytes, maxRecordBytes = defaultMaxRecordBytes, isUtf8 } = options;
  const utf8 = createUtf8Guess(isUtf8);
  const chunks: PatientCsvChunk[] = [];
  let cutter = createRecordCutter(comma);
  let plain = plainCodes(comma);
  let wasPlain = false;
  let linesBefore = 0;

  let problem: FileProblem | null = null;
  let encoding: CsvEncoding | null = null;
  let hasMark = false;
  /** First bytes, until there are enough of them to know the encoding; later the odd byte of UTF-16. */
  let held: Uint8Array = new Uint8Array(0);

  let header: PatientCsvHeader | null = null;
  let headerParts: Uint8Array[] | null = [];
  let headerBytes: Uint8Array | null = null;
  let headerLine = 1;

  let offset = 0;
  let recordFrom = 0;
  let recordLine = 1;
  /** The record has ended with a CR, whose LF may follow. */
  let isAfterReturn = false;
  let chunkFrom = 0;
  let chunkFirstLine = 1;
  let chunkRows = 0;
  let rowCount = 0;

  function line(): number {
    return 1 + linesBefore + cutter.lineBreaks();
  }

  function closeChunk(byteTo: number): void {
    if (chunkRows > 0) chunks.push({ byteFrom: chunkFrom, byteTo, firstLine: chunkFirstLine, rowCount: chunkRows });
    chunkFrom = byteTo;
    chunkFirstLine = line();
    chunkRows = 0;
  }

  /** Ends the record before `nextByte`. `seen` are the bytes of this push that belong to it, for the header. */
  function finishRecord(nextByte: number, seen: Uint8Array | null): void {
    if (nextByte - recordFrom > maxRecordBytes) {
      problem = tooLong(recordLine, maxRecordBytes);
      return;
    }
    const isBlank = cutter.isBlank();
    if (header === null) finishHeader(seen, isBlank);
    else if (!isBlank) {
      rowCount += 1;
      chunkRows += 1;
    }
    if (header !== null && (nextByte - chunkFrom >= chunkBytes || chunkRows === 0)) closeChunk(nextByte);
    recordFrom = nextByte;
    recordLine = line();
    cutter.reset();
  }

  function finishHeader(seen: Uint8Array | null, isBlank: boolean): void {
    const bytes = joined([...(headerParts ?? []), ...(seen ? [seen] : [])]);
    headerParts = [];
    if (isBlank) return;
    headerLine = recordLine;
    headerBytes = bytes;
    readHeader(bytes);
    if (header === null) return;
    headerParts = null;
    linesBefore += cutter.lineBreaks();
    cutter = createRecordCutter(header.delimiter.charCodeAt(0));
    plain = plainCodes(header.delimiter.charCodeAt(0));
  }

  function readHeader(bytes: Uint8Array): void {
    const text = decodeCsv(bytes, encoding ?? 'utf-8');
    const delimiter = delimiterOf(text);
    const parsed = parseHeader(text, delimiter, headerLine);
    if (parsed.ok) header = { encoding: encoding ?? 'utf-8', hasMark, delimiter, columns: parsed.columns };
    else problem = parsed.problem;
  }

  /** Decides for Windows-1252 unless the file is plainly meant as UTF-8. */
  function checkUtf8(bytes: Uint8Array): void {
    if (encoding !== null && !(encoding === 'utf-8' && hasMark)) return;
    const before = utf8.push(bytes);
    if (before) notUtf8(before);
  }

  /** `before` are the bytes of this push before the first wrong one. */
  function notUtf8(before: Uint8Array): void {
    if (hasMark || utf8.sawUtf8()) problem = encodingInvalid(line() + countLineFeeds(before));
    else encoding = 'windows-1252';
  }

  function begin(head: Uint8Array): void {
    const kind = otherFileKind(head);
    if (kind !== undefined) problem = notCsv(kind);
    const mark = encodingMark(head);
    encoding = mark?.encoding ?? null;
    hasMark = (mark?.markBytes ?? 0) > 0;
    offset = mark?.markBytes ?? 0;
    recordFrom = offset;
  }

  /** Takes bytes that begin at `offset`, after the mark; whole units of UTF-16. */
  function take(bytes: Uint8Array): void {
    const unit = encoding === 'utf-16le' || encoding === 'utf-16be' ? 2 : 1;
    if (unit === 1) checkUtf8(bytes);
    if (problem !== null) return;
    const high = encoding === 'utf-16be' ? 0 : 1;
    let recordAt = 0;
    for (let at = 0; at < bytes.length; at += unit) {
      const code = unit === 1 ? (bytes[at] as number) : unitAt(bytes, at, high);
      const isPlain = code > 255 || plain[code] === 1;
      if (isPlain && wasPlain) continue;
      wasPlain = isPlain;
      if (code === 0) problem = notCsv('it holds characters that no text has');
      const isLineFeed = code === lineFeed;
      if (isAfterReturn) {
        isAfterReturn = false;
        const next = isLineFeed ? at + unit : at;
        if (isLineFeed) cutter.next(code);
        finishRecord(offset + next, bytes.subarray(recordAt, next));
        // The header may have told another delimiter than the one by which this character was judged.
        wasPlain = false;
        recordAt = next;
        if (problem !== null) return;
        if (isLineFeed) continue;
      }
      if (problem !== null) return;
      if (!cutter.next(code)) continue;
      if (code === carriageReturn) isAfterReturn = true;
      else {
        finishRecord(offset + at + unit, bytes.subarray(recordAt, at + unit));
        recordAt = at + unit;
        if (problem !== null) return;
      }
    }
    if (header === null) headerParts?.push(bytes.slice(recordAt));
    offset += bytes.length;
    if (offset - recordFrom > maxRecordBytes) problem = tooLong(recordLine, maxRecordBytes);
  }

  let hasBegun = false;

  function push(bytes: Uint8Array): FileProblem | null {
    if (problem !== null) return problem;
    let all = held.length > 0 ? joined([held, bytes]) : bytes;
    held = new Uint8Array(0);
    if (!hasBegun) {
      if (all.length < headBytes) {
        held = all;
        return null;
      }
      hasBegun = true;
      begin(all);
      all = all.subarray(offset);
    }
    const isOdd = (encoding === 'utf-16le' || encoding === 'utf-16be') && all.length % 2 === 1;
    if (isOdd) held = all.slice(-1);
    if (problem === null) take(isOdd ? all.subarray(0, -1) : all);
    return problem;
  }

  function end(): Result<{ plan: PatientCsvPlan }> {
    if (!hasBegun && held.length > 0) {
      const rest = held;
      held = new Uint8Array(0);
      hasBegun = true;
      begin(rest);
      take(rest.subarray(offset));
    }
    if (problem === null && held.length > 0) problem = encodingInvalid(line());
    if (problem === null && encoding !== 'windows-1252' && !utf8.isComplete()) notUtf8(new Uint8Array(0));
    if (problem === null && cutter.isQuoted()) problem = quoteOpen(recordLine);
    if (problem === null && (isAfterReturn || offset > recordFrom)) finishRecord(offset, null);
    if (problem === null && headerBytes !== null) readHeader(headerBytes);
    if (problem === null && header === null) problem = emptyFile();
    if (problem === null && rowCount === 0) problem = headerOnly(headerLine);
    if (problem !== null || header === null) return { ok: false, problem: problem ?? emptyFile() };
    closeChunk(offset);
    return { ok: true, plan: { header, chunks, rowCount, sizeBytes: offset } };
  }

  return { push, end };
}

function unitAt(bytes: Uint8Array, at: number, high: number): number {
  return ((bytes[at + high] as number) << 8) | (bytes[at + 1 - high] as number);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function countLineFeeds(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === lineFeed ? 1 : 0), 0);
}
