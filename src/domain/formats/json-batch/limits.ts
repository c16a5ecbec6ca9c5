/** Records of a batch, to be stored and to be deleted together (data-model E-04). */
export const maxBatchRecords = 1000;

export const maxBatchBytes = 32 * 1024 * 1024;

/**
 * Values that a batch may hold. A body of nothing but brackets is small on the wire and needs fifty times that in
 * memory; a thousand records with a thousand values each stay below this.
 */
export const maxBatchValues = 1_000_000;

const quote = 34;
const backslash = 92;
const comma = 44;
const colon = 58;
const openBracket = 91;
const openBrace = 123;

/** Whether JSON holds more values than `limit`, counted before it is parsed. */
export function holdsTooManyValues(bytes: Uint8Array, limit = maxBatchValues): boolean {
  // Every value takes two bytes at least.
  if (bytes.length <= limit * 2) return false;
  let values = 0;
  let isInText = false;
  for (let i = 0; i < bytes.length && values <= limit; i += 1) {
    const byte = bytes[i];
    if (isInText) {
      if (byte === backslash) i += 1;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === comma || byte === colon || byte === openBracket || byte === openBrace) values += 1;
  }
  return values > limit;
}
