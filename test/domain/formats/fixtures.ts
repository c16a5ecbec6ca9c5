import { createCc5Scanner, type Cc5ScannerOptions } from '../../../src/domain/formats/cc5';

type ScanResult = ReturnType<ReturnType<typeof createCc5Scanner>['end']>;

export const head = [
  '00|AGENCY1|cc5|20260115003000|run-1',
  '01|wks_family|W|B|cc-family|',
  '02|entityId',
  '03|entityId:string|name|data:object',
];

/** Scans text or bytes that arrive in pieces of `pieceBytes`. */
export function scan(
  content: string | Uint8Array,
  { pieceBytes = 1_000_000, ...options }: Partial<Cc5ScannerOptions> & { pieceBytes?: number } = {},
): ScanResult {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const scanner = createCc5Scanner({ chunkBytes: 1_000_000, maxLineBytes: 10_000, ...options });
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
  return scanner.end();
}

/** A small seeded generator (mulberry32), so that generated cases are the same in every run. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
