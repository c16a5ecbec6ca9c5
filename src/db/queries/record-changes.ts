import type { Database } from '../client';
import { shownTime, type StoredRecord } from './records-query';

/** A record in its last version, or what is left of one that was deleted for good. */
export interface RecordChange extends Omit<StoredRecord, 'document'> {
  document: Record<string, unknown> | null;
}

export interface ChangesAfter {
  tenantId: number;
  entity: string;
  /** The stamp that was read last; null from the start. */
  after: string | null;
  limit: number;
}

/**
 * What changed after a stamp, deletes included, in the order of the stamps. Stamps become visible in their order
 * (DESIGN, incremental reads), and one statement sees one state, so nothing can appear behind its answer later.
 */
export async function listChanges(
  db: Database,
  { tenantId, entity, after, limit }: ChangesAfter,
): Promise<RecordChange[]> {
  const { rows } = await db.raw(
    `SELECT id::text AS id, entity_id AS "entityId", ${shownTime('modified')} AS modified, document
     FROM (
       (SELECT id, entity_id, modified, document FROM records
        WHERE tenant_id = :tenantId AND entity = :entity AND modified > CAST(:after AS timestamptz)
        ORDER BY modified LIMIT :limit)
       UNION ALL
       (SELECT id, entity_id, modified, NULL FROM tombstones
        WHERE tenant_id = :tenantId AND entity = :entity AND modified > CAST(:after AS timestamptz)
        ORDER BY modified LIMIT :limit)
     ) changes
     ORDER BY changes.modified LIMIT :limit`,
    { tenantId, entity, after: after ?? '-infinity', limit },
  );
  return rows;
}

/** The last stamps of tenants that have any, in the form of `modified`. */
export async function lastStamps(db: Database, tenantIds: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await db.raw(
    `SELECT tenant_id AS "tenantId", ${shownTime('last_modified')} AS stamp
     FROM tenant_turns WHERE tenant_id = ANY(:tenantIds) AND isfinite(last_modified)`,
    { tenantIds: [...tenantIds] },
  );
  return new Map(rows.map((row: { tenantId: number; stamp: string }) => [row.tenantId, row.stamp]));
}

/**
 * Which history of stamps this is. A new one begins when the database is seen to be another than before: restored from a
 * dump or to an earlier point.
 */
export async function currentEpoch(db: Database): Promise<string> {
  const { rows } = await db.raw(
    `SELECT epoch FROM change_epoch WHERE database_mark IS NOT DISTINCT FROM careway_database_mark()`,
  );
  return rows[0]?.epoch ?? (await renewEpoch(db));
}

/** The first mark a database gets belongs to the epoch it was made with. */
async function renewEpoch(db: Database): Promise<string> {
  const { rows } = await db.raw(
    `UPDATE change_epoch SET
       epoch = CASE WHEN database_mark IS NULL OR database_mark = careway_database_mark() THEN epoch
                    ELSE gen_random_uuid() END,
       database_mark = careway_database_mark()
     RETURNING epoch`,
  );
  return rows[0].epoch;
}
