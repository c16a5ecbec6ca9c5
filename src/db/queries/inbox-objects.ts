import type { InboxDoor } from '../../contracts/nightly-sync';
import type { Database } from '../client';

/** One version of one object of an inbox, as a listing shows it. */
export interface ListedObject {
  key: string;
  etag: string;
  sizeBytes: number;
  lastModified: Date;
}

/** One of a tenant's swept folders. */
export type Folder = Readonly<{ tenantId: number; door: InboxDoor }>;

/** Writes down what a listing shows; a version that is known keeps the moment at which it was first seen. */
export async function saveSightings(db: Database, folder: Folder, listed: readonly ListedObject[]): Promise<void> {
  await db.raw(
    `INSERT INTO inbox_objects (tenant_id, door, inbox_key, etag, size_bytes, last_modified)
     SELECT :tenantId::int, :door, l.* FROM unnest(:keys::text[], :etags::text[], :sizes::bigint[], :times::timestamptz[]) AS l
     ON CONFLICT (tenant_id, inbox_key, etag, size_bytes, last_modified) DO NOTHING`,
    {
      ...folder,
      keys: listed.map(({ key }) => key),
      etags: listed.map(({ etag }) => etag),
      sizes: listed.map(({ sizeBytes }) => sizeBytes),
      times: listed.map(({ lastModified }) => lastModified.toISOString()),
    },
  );
}

/** An open version is one that is not in an upload yet; which of them the inbox no longer shows is forgotten. */
export async function forgetVanished(db: Database, folder: Folder, listed: readonly ListedObject[]): Promise<void> {
  await db.raw(
    `DELETE FROM inbox_objects o
      WHERE o.tenant_id = :tenantId AND o.door = :door AND o.sweep_id IS NULL
        AND NOT EXISTS (
          SELECT 1 FROM unnest(:keys::text[], :etags::text[], :times::timestamptz[]) AS l (key, etag, last_modified)
           WHERE l.key = o.inbox_key AND l.etag = o.etag AND l.last_modified = o.last_modified)`,
    {
      ...folder,
      keys: listed.map(({ key }) => key),
      etags: listed.map(({ etag }) => etag),
      times: listed.map(({ lastModified }) => lastModified.toISOString()),
    },
  );
}

const isSettled = `seen_at <= clock_timestamp() - make_interval(secs => :settleSeconds)`;

/** Versions that are not claimed: those that have stood still for the settle time, and the others. */
export async function countSettled(
  db: Database,
  query: Folder & { settleSeconds: number },
): Promise<{ settled: number; unsettled: number }> {
  const { rows } = await db.raw<{ rows: { settled: number; unsettled: number }[] }>(
    `SELECT count(*) FILTER (WHERE ${isSettled})::int AS settled,
            count(*) FILTER (WHERE NOT ${isSettled})::int AS unsettled
       FROM inbox_objects WHERE tenant_id = :tenantId AND door = :door AND sweep_id IS NULL`,
    query,
  );
  return rows[0] ?? { settled: 0, unsettled: 0 };
}

/**
 * Gives a sweep the settled versions, and what an earlier sweep claimed but did not bring into an upload. Asking again
 * gives what the sweep has still to do.
 */
export async function claimSettled(
  db: Database,
  claim: Folder & { sweepId: string; settleSeconds: number; limit: number },
): Promise<string[]> {
  await db.raw(
    `UPDATE inbox_objects SET sweep_id = :sweepId
      WHERE file_id IN (
        SELECT file_id FROM inbox_objects
         WHERE tenant_id = :tenantId AND door = :door AND upload_id IS NULL AND cleared_at IS NULL
           AND (sweep_id IS NOT NULL OR ${isSettled})
         ORDER BY sweep_id IS NULL, inbox_key, seen_at
         LIMIT :limit
         FOR UPDATE)`,
    claim,
  );
  const { rows } = await db.raw<{ rows: { fileId: string }[] }>(
    `SELECT file_id AS "fileId" FROM inbox_objects
      WHERE tenant_id = :tenantId AND door = :door AND sweep_id = :sweepId AND upload_id IS NULL AND cleared_at IS NULL
      ORDER BY inbox_key, seen_at`,
    claim,
  );
  return rows.map(({ fileId }) => fileId);
}

export interface InboxObject extends ListedObject {
  fileId: string;
  door: InboxDoor;
  taken: boolean;
  problem: string | null;
}

const columns = `file_id AS "fileId", door, inbox_key AS key, etag, size_bytes::float8 AS "sizeBytes",
  last_modified AS "lastModified", taken_at IS NOT NULL AS taken, problem`;

export async function findInboxObject(
  db: Database,
  tenantId: number,
  fileId: string,
): Promise<InboxObject | undefined> {
  const { rows } = await db.raw<{ rows: InboxObject[] }>(
    `SELECT ${columns} FROM inbox_objects WHERE tenant_id = ? AND file_id = ?`,
    [tenantId, fileId],
  );
  return rows[0];
}

/** Notes that a file stands in its place, with what is wrong with it as a whole. */
export async function markTaken(db: Database, fileId: string, problem: string | null): Promise<void> {
  await db.raw(`UPDATE inbox_objects SET taken_at = now(), problem = ? WHERE file_id = ? AND taken_at IS NULL`, [
    problem,
    fileId,
  ]);
}

/** The object changed or went before it was taken: what is there now is another version. */
export async function forgetUntaken(db: Database, fileId: string): Promise<void> {
  await db.raw(`DELETE FROM inbox_objects WHERE file_id = ? AND taken_at IS NULL`, [fileId]);
}

export interface BatchedObject extends InboxObject {
  batch: Buffer | null;
}

/** What a sweep has taken and not uploaded yet, in the order of the names. */
export async function lockTaken(db: Database, sweepId: string): Promise<BatchedObject[]> {
  const { rows } = await db.raw<{ rows: BatchedObject[] }>(
    `SELECT ${columns}, batch FROM inbox_objects
      WHERE sweep_id = ? AND taken_at IS NOT NULL AND upload_id IS NULL
      ORDER BY inbox_key COLLATE "C", file_id FOR UPDATE`,
    [sweepId],
  );
  return rows;
}

export async function setBatch(db: Database, fileIds: readonly string[], batch: Buffer): Promise<void> {
  await db.raw(`UPDATE inbox_objects SET batch = ? WHERE file_id = ANY(?::uuid[]) AND batch IS NULL`, [
    batch,
    [...fileIds],
  ]);
}

export async function setUpload(db: Database, fileIds: readonly string[], uploadId: string): Promise<void> {
  await db.raw(`UPDATE inbox_objects SET upload_id = ? WHERE file_id = ANY(?::uuid[])`, [uploadId, [...fileIds]]);
}

/** What is in an upload and may still lie in the inbox. Patient files stay there until their results are written. */
export async function listUncleared(db: Database, tenantId: number): Promise<InboxObject[]> {
  const { rows } = await db.raw<{ rows: InboxObject[] }>(
    `SELECT ${columns} FROM inbox_objects
      WHERE tenant_id = ? AND door = 'inbox' AND upload_id IS NOT NULL AND cleared_at IS NULL ORDER BY seen_at LIMIT 1000`,
    [tenantId],
  );
  return rows;
}

export async function markCleared(db: Database, fileId: string): Promise<void> {
  await db.raw(`UPDATE inbox_objects SET cleared_at = now() WHERE file_id = ?`, [fileId]);
}

/** What was seen in a folder and belongs to no sweep yet. */
export async function listUnclaimed(db: Database, folder: Folder): Promise<InboxObject[]> {
  const { rows } = await db.raw<{ rows: InboxObject[] }>(
    `SELECT ${columns} FROM inbox_objects
      WHERE tenant_id = :tenantId AND door = :door AND sweep_id IS NULL ORDER BY seen_at LIMIT 1000`,
    folder,
  );
  return rows;
}
