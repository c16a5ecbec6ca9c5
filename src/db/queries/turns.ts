import type { Database } from '../client';

/*
 * Uploads of one tenant resolve and commit one at a time, in the order in which they were accepted. The holder stands
 * in the tenant's row of tenant_turns, which every commit transaction locks and checks.
 */

/**
 * Locks the tenant's turn for this transaction, unless a commit has it locked: then there is nothing to wait for here,
 * and a caller that waited would keep a connection for as long as the commit takes.
 */
export async function tryLockTurn(db: Database, tenantId: number): Promise<{ holder: string | null } | undefined> {
  const { rows } = await db.raw(
    `SELECT turn_upload_seq AS holder FROM tenant_turns WHERE tenant_id = ? FOR UPDATE SKIP LOCKED`,
    [tenantId],
  );
  return rows[0];
}

/** Locks the tenant's turn for this transaction and names the upload that holds it, if any. */
export async function lockTurn(db: Database, tenantId: number): Promise<string | null> {
  const { rows } = await db.raw(`SELECT turn_upload_seq AS holder FROM tenant_turns WHERE tenant_id = ? FOR UPDATE`, [
    tenantId,
  ]);
  return rows[0].holder;
}

export async function setTurn(db: Database, tenantId: number, uploadSeq: string | null): Promise<void> {
  await db.raw(`UPDATE tenant_turns SET turn_upload_seq = ? WHERE tenant_id = ?`, [uploadSeq, tenantId]);
}

export interface UnfinishedUpload {
  uploadSeq: string;
  uploadId: string;
  status: 'accepted' | 'running';
}

/** The earliest unfinished upload of a tenant: whose turn it is or will be next. */
export async function firstUnfinished(db: Database, tenantId: number): Promise<UnfinishedUpload | undefined> {
  const { rows } = await db.raw(
    `SELECT upload_seq AS "uploadSeq", upload_id AS "uploadId", status
     FROM uploads WHERE tenant_id = ? AND status IN ('accepted', 'running')
     ORDER BY upload_seq LIMIT 1`,
    [tenantId],
  );
  return rows[0];
}

/** An upload that is not finished, by its place in the order; undefined when it is finished. */
export async function findUnfinished(db: Database, uploadSeq: string): Promise<UnfinishedUpload | undefined> {
  const { rows } = await db.raw(
    `SELECT upload_seq AS "uploadSeq", upload_id AS "uploadId", status
     FROM uploads WHERE upload_seq = ? AND status IN ('accepted', 'running')`,
    [uploadSeq],
  );
  return rows[0];
}
