/** Runs work for many addresses, a little at a time. */
export interface FairQueue {
  /** @returns undefined when this address has too much waiting already */
  run<Result>(address: string, work: () => Promise<Result>): Promise<Result> | undefined;
}

/**
 * Checking a password takes a processor for a fifth of a second. Addresses take turns, so that one that sends a thousand
 * guesses waits for itself and not the others for it.
 */
export function createFairQueue(limits: { atOnce: number; waitingPerAddress: number }): FairQueue {
  const waiting = new Map<string, (() => void)[]>();
  let running = 0;

  const startNext = (): void => {
    if (running >= limits.atOnce) return;
    const [turn] = waiting;
    if (!turn) return;
    const [address, works] = turn;
    const work = works.shift()!;
    // To the end of the line, behind all other addresses.
    waiting.delete(address);
    if (works.length > 0) waiting.set(address, works);
    running += 1;
    work();
  };

  return {
    run(address, work) {
      const works = waiting.get(address) ?? [];
      if (works.length >= limits.waitingPerAddress) return undefined;
      const result = new Promise<void>((resolve) => works.push(resolve)).then(work).finally(() => {
        running -= 1;
        startNext();
      });
      waiting.set(address, works);
      startNext();
      return result;
    },
  };
}
