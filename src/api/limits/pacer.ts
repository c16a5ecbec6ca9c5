/** @returns false: too many wait already, and this work is not going to be done. */
export type Pacer = (work: () => void) => boolean;

export interface Pace {
  everyMs: number;
  /** Pieces of work done each time. */
  atOnce: number;
  mostWaiting: number;
}

/** Does work in order of arrival and no faster than a pace; whoever waits for it cannot ask faster either. */
export function createPacer({ everyMs, atOnce, mostWaiting }: Pace): Pacer {
  let waiting: (() => void)[] = [];
  const workOff = (): void => {
    const due = waiting.slice(0, atOnce);
    waiting = waiting.slice(atOnce);
    if (waiting.length > 0) setTimeout(workOff, everyMs);
    for (const work of due) work();
  };
  return (work) => {
    if (waiting.length >= mostWaiting) return false;
    if (waiting.length === 0) setTimeout(workOff, everyMs);
    waiting.push(work);
    return true;
  };
}
