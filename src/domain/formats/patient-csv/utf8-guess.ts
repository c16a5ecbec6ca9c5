import { createUtf8Checker } from '../cc5/utf8';

export interface Utf8Guess {
  /** Takes the next bytes; gives those of them that come before the first wrong one, undefined when all can be UTF-8. */
  push(bytes: Uint8Array): Uint8Array | undefined;
  /** Whether characters were seen that only UTF-8 writes so: what is wrong after them is damaged, not Windows-1252. */
  sawUtf8(): boolean;
  /** Whether the last character is complete. */
  isComplete(): boolean;
}

/** Looks whether bytes that come in pieces can be UTF-8, and whether they are more than ASCII. */
export function createUtf8Guess(isUtf8?: (bytes: Uint8Array) => boolean): Utf8Guess {
  const checker = createUtf8Checker(isUtf8);
  let sawUtf8 = false;
  let endsHigh = false;
  return {
    push(bytes) {
      const wrong = checker.push(bytes);
      const valid = wrong < 0 ? bytes : bytes.subarray(0, wrong);
      sawUtf8 ||= holdsHigherCharacter(valid, endsHigh);
      endsHigh = (valid.at(-1) ?? 0) >= 0x80;
      return wrong < 0 ? undefined : valid;
    },
    sawUtf8: () => sawUtf8,
    isComplete: () => checker.isComplete(),
  };
}

/** Whether a character of several bytes is followed by another; `wasHigh` when one may have begun before. */
function holdsHigherCharacter(bytes: Uint8Array, wasHigh: boolean): boolean {
  let isHigh = wasHigh;
  for (const byte of bytes) {
    if (byte >= 0x80) isHigh = true;
    else if (isHigh) return true;
  }
  return false;
}
