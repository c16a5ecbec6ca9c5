const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const tab = 9;

type State = 'cell-start' | 'cell' | 'quoted' | 'quote-in-quoted';

/** Where records of a CSV file end, told one character at a time. */
export interface RecordCutter {
  /** Takes the code of the next byte or UTF-16 unit; true when it is the first of a line break that ends a record. */
  next(code: number): boolean;
  /** Whether the record so far is within quotation marks. */
  isQuoted(): boolean;
  /** Whether the record so far has nothing but delimiters, blanks and quotation marks. */
  isBlank(): boolean;
  /** Line breaks seen so far; CRLF is one. */
  lineBreaks(): number;
  /** Forgets the record so far: the next character begins a new one. */
  reset(): void;
}

/**
 * Marks the codes below 256 that change nothing for a cutter when they follow another of them: a reader may leave all but
 * the first out, and those from 256 on, which are most of a file.
 */
export function plainCodes(delimiter: number): Uint8Array {
  const plain = new Uint8Array(256).fill(1);
  for (const code of [0, tab, lineFeed, carriageReturn, space, quote, delimiter]) plain[code] = 0;
  return plain;
}

/**
 * Cuts CSV (RFC 4180) at the ends of records, outside quotation marks, as csv-parse with `relax_quotes` does: a quotation
 * mark opens a cell only at its very beginning, a doubled one stands for itself, and one that is followed by anything
 * else closes. LF, CRLF and CR end a record. Works on bytes of UTF-8 and Windows-1252 as on UTF-16 units, since all the
 * characters that count are ASCII.
 */
export function createRecordCutter(delimiter: number): RecordCutter {
  let state: State = 'cell-start';
  let blank = true;
  let breaks = 0;
  let wasReturn = false;

  function endOfRecord(): boolean {
    state = 'cell-start';
    return true;
  }

  return {
    next(code) {
      const isBreak = code === lineFeed || code === carriageReturn;
      if (isBreak) {
        const isSecondHalf = code === lineFeed && wasReturn;
        wasReturn = code === carriageReturn;
        if (!isSecondHalf) breaks += 1;
        // Of a CRLF outside quotes the CR has ended the record; the caller does not hand its LF to the next one.
        if (state === 'quoted') return false;
        return endOfRecord();
      }
      wasReturn = false;
      if (code === quote) {
        if (state === 'cell-start' || state === 'quote-in-quoted') state = 'quoted';
        else if (state === 'quoted') state = 'quote-in-quoted';
        return false;
      }
      if (code === delimiter) {
        if (state !== 'quoted') state = 'cell-start';
        return false;
      }
      if (code !== space && code !== tab) blank = false;
      if (state !== 'quoted') state = 'cell';
      return false;
    },
    isQuoted: () => state === 'quoted',
    isBlank: () => blank,
    lineBreaks: () => breaks,
    reset() {
      state = 'cell-start';
      blank = true;
    },
  };
}
