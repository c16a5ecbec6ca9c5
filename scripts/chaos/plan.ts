/** What can happen to a running upload. */
export const disturbanceKinds = ['worker-kill', 'postgres-fast', 'postgres-immediate', 'aws-outage'] as const;
export type DisturbanceKind = (typeof disturbanceKinds)[number];

export interface Disturbance {
  kind: DisturbanceKind;
  /** After the start of the upload. */
  atMs: number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One to three disturbances of a run. The first falls into the time an undisturbed upload takes; each gives the upload
 * some more time, so the further ones may come later.
 */
export function planRun(seed: number, run: number, undisturbedMs: number): Disturbance[] {
  const random = createRandom(seed * 1_000 + run);
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, (_, index) => ({
    kind: disturbanceKinds[Math.floor(random() * disturbanceKinds.length)] ?? 'worker-kill',
    atMs: Math.round(random() * undisturbedMs * (index + 0.9)),
  })).sort((a, b) => a.atMs - b.atMs);
}
