export interface Utf8Checker {
  /** Offset of the first byte in these that cannot follow what came before; -1 when all are valid. */
  push(bytes: Uint8Array): number;
  /** Whether the last character is complete. */
  isComplete(): boolean;
}

/**
 * Checks that bytes that arrive in pieces are UTF-8. `isUtf8` may bring a native check of a whole piece
 * (`node:buffer` has one), which is many times faster; without it every byte is looked at here.
 */
export function createUtf8Checker(isUtf8?: (bytes: Uint8Array) => boolean): Utf8Checker {
  let pending = 0;
  let lowest = 0x80;
  let highest = 0xbf;

  /** Looks at bytes from..to one by one; the offset of the first wrong one or -1. */
  function look(bytes: Uint8Array, from: number, to: number): number {
    for (let i = from; i < to; i += 1) {
      if (pending === 0) {
        while (i < to && (bytes[i] as number) < 0x80) i += 1;
        if (i === to) return -1;
        if (!begin(bytes[i] as number)) return i;
      } else {
        const byte = bytes[i] as number;
        if (byte < lowest || byte > highest) return i;
        lowest = 0x80;
        highest = 0xbf;
        pending -= 1;
      }
    }
    return -1;
  }

  /** First byte of a longer character: how many follow, and which the next may be (no overlong forms, no surrogates). */
  function begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    pending = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    lowest = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    highest = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    return true;
  }

  return {
    push(bytes) {
      if (!isUtf8) return look(bytes, 0, bytes.length);
      let from = 0;
      while (from < bytes.length && (pending > 0 || isContinuation(bytes[from]))) {
        if (look(bytes, from, from + 1) >= 0) return from;
        from += 1;
      }
      const to = startOfLastCharacter(bytes, from);
      // What is wrong may only show in the byte after, so look on to the end.
      if (!isUtf8(bytes.subarray(from, to))) return look(bytes, from, bytes.length);
      return look(bytes, to, bytes.length);
    },
    isComplete: () => pending === 0,
  };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Where the last character begins: only it can be cut off by the end of a piece. */
function startOfLastCharacter(bytes: Uint8Array, from: number): number {
  for (let at = bytes.length - 1; at >= from && at >= bytes.length - 4; at -= 1) {
    if (!isContinuation(bytes[at])) return at;
  }
  return bytes.length;
}
