import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';
import { lastStamps } from '../db/queries/record-changes';
import { acrossTenants } from '../db/scope';
import type { Logger } from '../platform/logger';

/**
 * Tells readers when their tenant has committed something. However many wait, there is one question to the database at a
 * time, for all of their tenants, and none while nobody waits.
 */
export interface ChangeWatch {
  /**
   * Waits until the tenant's last stamp is beyond `stamp`.
   * @returns the last stamp then; undefined when the time is over, the reader is gone or the process stops
   */
  beyond(
    tenantId: number,
    stamp: string | null,
    options: { timeoutMs: number; gone: AbortSignal },
  ): Promise<string | undefined>;
  /** How many wait. */
  waiting(): number;
  /** Lets all readers go. */
  stop(): void;
}

interface Reader {
  tenantId: number;
  stamp: string;
  settle(stamp: string | undefined): void;
}

/** Beyond this, readers are not made to wait but answered at once: they cost memory and a connection of theirs each. */
const mostReaders = 5_000;
const pauseMs = 250;

export function createChangeWatch(db: Knex, logger: Logger): ChangeWatch {
  const readers = new Set<Reader>();
  let timer: NodeJS.Timeout | undefined;
  let looking = false;
  let stopped = false;

  async function look(): Promise<void> {
    looking = true;
    try {
      const tenantIds = [...new Set([...readers].map(({ tenantId }) => tenantId))];
      const stamps = await acrossTenants(() => lastStamps(db, tenantIds));
      for (const reader of [...readers]) {
        const stamp = stamps.get(reader.tenantId);
        // The form of the stamps has the same order as the times.
        if (stamp !== undefined && stamp > reader.stamp) reader.settle(stamp);
      }
    } catch (error) {
      logger.warn({ err: error }, 'readers that wait could not be looked after');
    }
    looking = false;
    lookLater();
  }

  function lookLater(): void {
    if (looking || timer || readers.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void look();
    }, pauseMs);
  }

  return {
    async beyond(tenantId, stamp, { timeoutMs, gone }) {
      if (stopped || gone.aborted || timeoutMs <= 0 || readers.size >= mostReaders) return undefined;
      return new Promise((resolve) => {
        const settle = (found: string | undefined): void => {
          readers.delete(reader);
          clearTimeout(patience);
          gone.removeEventListener('abort', leave);
          resolve(found);
        };
        const leave = (): void => settle(undefined);
        const patience = setTimeout(leave, timeoutMs);
        const reader: Reader = { tenantId, stamp: stamp ?? '', settle };
        gone.addEventListener('abort', leave);
        readers.add(reader);
        lookLater();
      });
    },
    waiting: () => readers.size,
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const reader of [...readers]) reader.settle(undefined);
    },
  };
}

export function addWaitingReadersMetric(registry: Registry, changes: ChangeWatch): void {
  new Gauge({
    name: 'careway_waiting_readers',
    help: 'Readers whose calls wait for changes',
    registers: [registry],
    collect() {
      this.set(changes.waiting());
    },
  });
}
