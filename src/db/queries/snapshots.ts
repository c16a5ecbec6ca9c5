import type { SnapshotStatus } from '../../contracts/snapshot';
import { entityDefinitions } from '../../domain/entities';
import { recordIdSql } from '../../domain/record-id';
import type { Database } from '../client';
import { shownTime } from './records-query';
import type { UnfinishedUpload } from './turns';

/** Records and pages by entity. */
export type SnapshotContents = Readonly<Record<string, { records: number; pages: number }>>;

export interface Snapshot {
  snapshotId: string;
  tenantId: number;
  status: SnapshotStatus;
  entities: string[];
  createdAt: Date;
  expiresAt: Date;
  readyAt: Date | null;
  objectPrefix: string | null;
  epoch: string | null;
  /** In the form of records' `modified`. */
  modified: string | null;
  contents: SnapshotContents | null;
  failureCode: string | null;
}

const columns = `snapshot_id AS "snapshotId", tenant_id AS "tenantId", status, entities, created_at AS "createdAt",
  expires_at AS "expiresAt", ready_at AS "readyAt", object_prefix AS "objectPrefix", epoch,
  ${shownTime('modified')} AS modified, contents, failure_code AS "failureCode"`;

export async function insertSnapshot(
  db: Database,
  snapshot: { snapshotId: string; tenantId: number; entities: readonly string[]; keepSeconds: number },
): Promise<void> {
  await db.raw(
    `INSERT INTO snapshots (snapshot_id, tenant_id, entities, expires_at)
     VALUES (:snapshotId, :tenantId, :entities, now() + :keepSeconds * interval '1 second')`,
    { ...snapshot, entities: [...snapshot.entities] },
  );
}

export async function findSnapshot(db: Database, snapshotId: string): Promise<Snapshot | undefined> {
  const { rows } = await db.raw(`SELECT ${columns} FROM snapshots WHERE snapshot_id = ?`, [snapshotId]);
  return rows[0];
}

/** Newest first. */
export async function listSnapshots(db: Database, tenantId: number, limit: number): Promise<Snapshot[]> {
  const { rows } = await db.raw(
    `SELECT ${columns} FROM snapshots WHERE tenant_id = ? ORDER BY created_at DESC, snapshot_id LIMIT ?`,
    [tenantId, limit],
  );
  return rows;
}

/** How many a tenant has that are made or kept. */
export async function countLiveSnapshots(db: Database, tenantId: number): Promise<number> {
  const { rows } = await db.raw(
    `SELECT count(*)::int AS live FROM snapshots WHERE tenant_id = ? AND status IN ('preparing', 'ready')`,
    [tenantId],
  );
  return rows[0].live;
}

/** The time for which it is kept begins here. */
export async function markSnapshotReady(
  db: Database,
  ready: {
    snapshotId: string;
    objectPrefix: string;
    epoch: string;
    modified: string | null;
    contents: SnapshotContents;
  },
): Promise<void> {
  await db.raw(
    `UPDATE snapshots SET status = 'ready', ready_at = now(), expires_at = now() + (expires_at - created_at),
       object_prefix = :objectPrefix, epoch = :epoch, modified = CAST(:modified AS timestamptz), contents = :contents
     WHERE snapshot_id = :snapshotId AND status = 'preparing'`,
    { ...ready, contents: JSON.stringify(ready.contents) },
  );
}

/** Ends one that is made or kept; one that has ended stays as it is. */
export async function endSnapshot(
  db: Database,
  snapshotId: string,
  end: { status: 'failed' | 'expired'; failureCode?: string },
): Promise<void> {
  await db.raw(
    `UPDATE snapshots SET status = :status, failure_code = :failureCode
     WHERE snapshot_id = :snapshotId AND status IN ('preparing', 'ready')`,
    { snapshotId, status: end.status, failureCode: end.failureCode ?? null },
  );
}

/**
 * Ends those that are not made after so long: their workflow was never started.
 * @returns how many
 */
export async function endForgottenSnapshots(db: Database, hours: number): Promise<number> {
  const { rowCount } = await db.raw(
    `UPDATE snapshots SET status = 'failed', failure_code = 'UNAVAILABLE'
     WHERE status = 'preparing' AND created_at < now() - :hours * interval '1 hour'`,
    { hours },
  );
  return rowCount;
}

/**
 * The tenant's upload that has committed some of its records and may have others to commit. Asked in the transaction that
 * reads the records, it speaks of the same state as they do. Rows that it releases from parking have no pages: they are in
 * the ledger as file 0.
 */
export async function halfCommittedUpload(db: Database, tenantId: number): Promise<UnfinishedUpload | undefined> {
  const { rows } = await db.raw(
    `SELECT u.upload_seq AS "uploadSeq", u.upload_id AS "uploadId", u.status
     FROM tenant_turns t JOIN uploads u ON u.upload_seq = t.turn_upload_seq
     WHERE t.tenant_id = :tenantId AND u.status IN ('accepted', 'running')
       AND (EXISTS (SELECT 1 FROM commit_pages p WHERE p.upload_seq = u.upload_seq AND p.committed_at IS NOT NULL)
            OR EXISTS (SELECT 1 FROM unnest(CAST(:entities AS text[])) AS e (name)
                       CROSS JOIN LATERAL (SELECT 1 FROM upload_rows l
                                           WHERE l.upload_seq = u.upload_seq AND l.entity = e.name AND l.file_no = 0
                                           LIMIT 1) released))`,
    { tenantId, entities: entityDefinitions.map(({ name }) => name) },
  );
  return rows[0];
}

/** Opens a cursor over an entity's records, each as the JSON in which it is given out. */
export async function openRecords(db: Database, tenantId: number, entity: string): Promise<void> {
  await db.raw(
    `DECLARE snapshot_records NO SCROLL CURSOR FOR
     SELECT (document || jsonb_build_object('id', ${recordIdSql('id')}, 'modified', ${shownTime('modified')}))::text AS json
     FROM records WHERE tenant_id = ? AND entity = ? ORDER BY id`,
    [tenantId, entity],
  );
}

export async function fetchRecords(db: Database, count: number): Promise<string[]> {
  const { rows } = await db.raw(`FETCH FORWARD ${Math.trunc(count)} FROM snapshot_records`);
  return rows.map(({ json }: { json: string }) => json);
}

export async function closeRecords(db: Database): Promise<void> {
  await db.raw(`CLOSE snapshot_records`);
}
