import type { Database } from '../client';

/** What waits in the whole service, over all tenants; ages in seconds. */
export interface Backlog {
  uploads: { status: string; uploads: number }[];
  /** Since the oldest unfinished upload was accepted, and the oldest one that has not been started. */
  oldestUnfinishedSeconds: number;
  oldestWaitingSeconds: number;
  parked: { entity: string; rows: number }[];
  unpublishedEvents: number;
  oldestUnpublishedSeconds: number;
}

/** Reads it in one transaction that gives up when it takes longer than `timeoutMs`. Needs the rows of all tenants. */
export async function readBacklog(db: Database, timeoutMs: number): Promise<Backlog> {
  return db.transaction(
    async (trx) => {
      await trx.raw(`SELECT set_config('statement_timeout', ?, true)`, [String(timeoutMs)]);
      const uploads = await trx.raw(
        `SELECT status, count(*)::int AS uploads FROM uploads
         WHERE status IN ('accepted', 'running') OR finished_at > now() - interval '1 day' GROUP BY status`,
      );
      const ages = await trx.raw(
        `SELECT ${ageOf('accepted_at')} AS unfinished,
                ${ageOf(`accepted_at) FILTER (WHERE status = 'accepted' OR step = 'wait'`)} AS waiting
         FROM uploads WHERE status IN ('accepted', 'running')`,
      );
      const parked = await trx.raw(
        `SELECT entity, count(*)::int AS rows FROM parked_rows WHERE state = 'waiting' GROUP BY entity`,
      );
      const outbox = await trx.raw(
        `SELECT count(*)::int AS events, ${ageOf('created_at')} AS oldest FROM events WHERE published_at IS NULL`,
      );
      return {
        uploads: uploads.rows,
        oldestUnfinishedSeconds: ages.rows[0].unfinished,
        oldestWaitingSeconds: ages.rows[0].waiting,
        parked: parked.rows,
        unpublishedEvents: outbox.rows[0].events,
        oldestUnpublishedSeconds: outbox.rows[0].oldest,
      };
    },
    { readOnly: true },
  );
}

/** Age of the oldest, 0 when there is none. */
function ageOf(time: string): string {
  return `greatest(0, coalesce(extract(epoch FROM now() - min(${time})), 0))::float8`;
}
