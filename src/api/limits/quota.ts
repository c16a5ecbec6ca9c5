import type { Knex } from 'knex';
import { addKeyUsage } from '../../db/queries/key-usage';

export interface QuotaCounter {
  /** Counts a request, unless the quota is used up. @returns whether it may go on. */
  count(rootKeyId: string, quota: number | null): Promise<boolean>;
  /** Writes down what has been counted and learns what other processes have. */
  flush(): Promise<void>;
}

interface Count {
  month: string;
  /** As the database last said. */
  stored: number;
  /** Counted here since, and not written yet. */
  pending: number;
  asOfMs: number;
}

/** Requests of one key that are counted before they are written: by so many may one process overshoot a quota. */
export const quotaBatch = 50;
/** A used up quota is looked at again after this: it may have been raised. */
const lookAgainMs = 5_000;

/**
 * Counts requests by key and calendar month in UTC (data-model B.9). Each process counts for itself and writes in
 * batches, so a quota holds to within a batch per process; a process that crashes forgets what it had not written.
 */
export function createQuotaCounter(db: Knex, now: () => number = Date.now): QuotaCounter {
  const counts = new Map<string, Count>();
  const reading = new Map<string, Promise<void>>();
  let writing: Promise<void> = Promise.resolve();

  const monthNow = (): string => `${new Date(now()).toISOString().slice(0, 7)}-01`;

  const write = async (month: string, keys: readonly string[]): Promise<void> => {
    const added = keys.map((rootKeyId) => ({ rootKeyId, requests: counts.get(rootKeyId)?.pending ?? 0 }));
    if (added.length === 0) return;
    const totals = await addKeyUsage(db, month, added);
    const written = new Map(added.map(({ rootKeyId, requests }) => [rootKeyId, requests]));
    for (const { rootKeyId, requests } of totals) {
      const count = counts.get(rootKeyId) ?? { month, stored: 0, pending: 0, asOfMs: 0 };
      // Changed in place: a request that waits for this very object adds itself to it.
      count.pending -= written.get(rootKeyId) ?? 0;
      counts.set(rootKeyId, Object.assign(count, { month, stored: requests, asOfMs: now() }));
    }
  };

  /** One write at a time: what two wrote at once would be subtracted twice. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = writing.then(work);
    writing = done.catch(() => undefined);
    return done;
  };

  const flush = (): Promise<void> =>
    inTurn(async () => {
      const waiting = [...counts].filter(([, { pending }]) => pending > 0);
      for (const month of new Set(waiting.map(([, count]) => count.month))) {
        await write(
          month,
          waiting.filter(([, count]) => count.month === month).map(([rootKeyId]) => rootKeyId),
        );
      }
      for (const [rootKeyId, { month, pending }] of counts) {
        if (pending === 0 && month !== monthNow()) counts.delete(rootKeyId);
      }
    });

  /** The count of this month, read from the database where it is not known or too old to refuse by. */
  const current = async (rootKeyId: string, quota: number | null): Promise<Count> => {
    const known = counts.get(rootKeyId);
    const isOfNow = known?.month === monthNow();
    const isOld = known !== undefined && isUsedUp(known, quota) && now() - known.asOfMs >= lookAgainMs;
    if (known && isOfNow && !isOld) return known;
    // A burst of requests asks once.
    const read = reading.get(rootKeyId) ?? readAnew(rootKeyId);
    reading.set(rootKeyId, read);
    await read;
    return counts.get(rootKeyId)!;
  };

  const readAnew = async (rootKeyId: string): Promise<void> => {
    try {
      await flush();
      await inTurn(() => write(monthNow(), [rootKeyId]));
    } finally {
      reading.delete(rootKeyId);
    }
  };

  return {
    async count(rootKeyId, quota) {
      const count = await current(rootKeyId, quota);
      if (isUsedUp(count, quota)) return false;
      count.pending += 1;
      if (count.pending % quotaBatch === 0) flush().catch(() => undefined);
      return true;
    },
    flush,
  };
}

function isUsedUp({ stored, pending }: Count, quota: number | null): boolean {
  return quota !== null && stored + pending >= quota;
}
