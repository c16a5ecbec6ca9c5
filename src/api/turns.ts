import { Refusal } from '../doors/refusal';

/**
 * Lets so many pieces of work of one tenant run at once and the next ones wait for them, so that one tenant's costly
 * queries leave connections to the others.
 */
export interface Turns {
  /** @throws Refusal RATE_LIMITED when too many wait already */
  run<Result>(tenantId: number, work: () => Promise<Result>): Promise<Result>;
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

export function createTurns({ atOnce, mostWaiting }: { atOnce: number; mostWaiting: number }): Turns {
  const lines = new Map<number, Line>();

  async function enter(tenantId: number): Promise<Line> {
    const line = lines.get(tenantId) ?? { running: 0, waiting: [] };
    lines.set(tenantId, line);
    if (line.running < atOnce) {
      line.running += 1;
      return line;
    }
    if (line.waiting.length >= mostWaiting) {
      throw new Refusal(
        'RATE_LIMITED',
        `Only ${atOnce} queries of a tenant run at a time; ${mostWaiting} wait already.`,
        {
          headers: { 'Retry-After': '5' },
        },
      );
    }
    // Whoever leaves hands its place over.
    await new Promise<void>((resolve) => line.waiting.push(resolve));
    return line;
  }

  function leave(tenantId: number, line: Line): void {
    const next = line.waiting.shift();
    if (next) return next();
    line.running -= 1;
    if (line.running === 0) lines.delete(tenantId);
  }

  return {
    async run(tenantId, work) {
      const line = await enter(tenantId);
      try {
        return await work();
      } finally {
        leave(tenantId, line);
      }
    },
  };
}
