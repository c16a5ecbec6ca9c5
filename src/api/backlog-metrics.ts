import { Gauge, type Registry } from 'prom-client';
import type { Knex } from 'knex';
import { readBacklog, type Backlog } from '../db/queries/backlog';
import { acrossTenants } from '../db/scope';
import { createCachedReading } from '../platform/metrics';

const limits = { keepMs: 5_000, timeoutMs: 2_000 };

/**
 * What waits in the whole service, read from the database when somebody scrapes. A value that cannot be read is left out
 * and `careway_backlog_up` is 0: a gauge that stands still would look like peace.
 */
export function addBacklogMetrics(registry: Registry, db: Knex): void {
  const read = createCachedReading(() => acrossTenants(() => readBacklog(db, limits.timeoutMs)), limits);
  const gauge = (name: string, help: string, show: (gauge: Gauge, backlog: Backlog) => void, labels: string[] = []) =>
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        const backlog = await read();
        this.reset();
        if (backlog) show(this, backlog);
        // Without labels a reset gauge would say 0.
        else if (labels.length === 0) this.remove();
      },
    });

  new Gauge({
    name: 'careway_backlog_up',
    help: '1 when the database answered in time for the gauges of what waits',
    registers: [registry],
    async collect() {
      this.set((await read()) ? 1 : 0);
    },
  });
  gauge(
    'careway_uploads',
    'Uploads by status: all unfinished ones, and those finished within a day',
    (uploads, backlog) => backlog.uploads.forEach((row) => uploads.set({ status: row.status }, row.uploads)),
    ['status'],
  );
  gauge(
    'careway_oldest_waiting_upload_seconds',
    'Age of the oldest upload that has not been started or waits for its turn; 0 when none does',
    (age, backlog) => age.set(backlog.oldestWaitingSeconds),
  );
  gauge(
    'careway_oldest_unfinished_upload_seconds',
    'Age of the oldest upload that is not finished; 0 when there is none',
    (age, backlog) => age.set(backlog.oldestUnfinishedSeconds),
  );
  gauge(
    'careway_parked_rows',
    'Rows that wait for a parent, by entity',
    (parked, backlog) => backlog.parked.forEach((row) => parked.set({ entity: row.entity }, row.rows)),
    ['entity'],
  );
  gauge('careway_outbox_events', 'Events that SNS has not taken yet', (events, backlog) =>
    events.set(backlog.unpublishedEvents),
  );
  gauge('careway_outbox_oldest_seconds', 'Age of the oldest event that SNS has not taken yet', (age, backlog) =>
    age.set(backlog.oldestUnpublishedSeconds),
  );
}
