import type { UploadStep } from '../../contracts/upload';
import type { NightlySyncSettings } from '../../domain/schedules/nightly-sync';
import type { Database } from '../client';

/** A tenant as its nightly sync sees it. */
export interface SweptTenant {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  timeZone: string;
  settings: {
    nightlySync?: NightlySyncSettings;
    inbox?: { settleSeconds?: number };
  };
}

const tenantColumns = `tenant_id AS "tenantId", workspace_id AS "workspaceId", bucket_id AS "bucketId",
  time_zone AS "timeZone", settings`;

export async function listSweptTenants(db: Database): Promise<SweptTenant[]> {
  const { rows } = await db.raw<{ rows: SweptTenant[] }>(`SELECT ${tenantColumns} FROM tenants ORDER BY tenant_id`);
  return rows;
}

export async function findSweptTenant(
  db: Database,
  place: { workspaceId: string; bucketId: string },
): Promise<SweptTenant | undefined> {
  const { rows } = await db.raw<{ rows: SweptTenant[] }>(
    `SELECT ${tenantColumns} FROM tenants WHERE workspace_id = :workspaceId AND bucket_id = :bucketId`,
    { workspaceId: place.workspaceId, bucketId: place.bucketId },
  );
  return rows[0];
}

export async function getSweptTenant(db: Database, tenantId: number): Promise<SweptTenant> {
  const { rows } = await db.raw<{ rows: SweptTenant[] }>(`SELECT ${tenantColumns} FROM tenants WHERE tenant_id = ?`, [
    tenantId,
  ]);
  if (!rows[0]) throw new Error(`No tenant ${tenantId}`);
  return rows[0];
}

export async function insertSweep(
  db: Database,
  sweep: { sweepId: string; tenantId: number; workflowId: string },
): Promise<void> {
  await db.raw(
    `INSERT INTO inbox_sweeps (sweep_id, tenant_id, workflow_id) VALUES (:sweepId, :tenantId, :workflowId)
     ON CONFLICT (sweep_id) DO NOTHING`,
    sweep,
  );
}

/** @returns false when that was said before, or the sweep has ended. */
export async function markLate(db: Database, sweepId: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `UPDATE inbox_sweeps SET late_at = now() WHERE sweep_id = ? AND late_at IS NULL AND ended_at IS NULL`,
    [sweepId],
  );
  return rowCount > 0;
}

/** @returns false when it had ended before. */
export async function markEnded(db: Database, sweepId: string, status: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `UPDATE inbox_sweeps SET ended_at = now(), status = ? WHERE sweep_id = ? AND ended_at IS NULL`,
    [status, sweepId],
  );
  return rowCount > 0;
}

export async function wasLate(db: Database, sweepId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { late: boolean }[] }>(
    `SELECT late_at IS NOT NULL AS late FROM inbox_sweeps WHERE sweep_id = ?`,
    [sweepId],
  );
  return rows[0]?.late ?? false;
}

export interface SweepUpload {
  uploadId: string;
  status: string;
  step: UploadStep;
  files: number;
}

/** Uploads that a sweep has made, in the order of acceptance. */
export async function listSweepUploads(db: Database, sweepId: string): Promise<SweepUpload[]> {
  const { rows } = await db.raw<{ rows: SweepUpload[] }>(
    `SELECT u.upload_id AS "uploadId", u.status, u.step, count(*)::int AS files
       FROM inbox_objects o JOIN uploads u USING (tenant_id, upload_id)
      WHERE o.sweep_id = ?
      GROUP BY u.upload_id, u.status, u.step, u.upload_seq
      ORDER BY u.upload_seq`,
    [sweepId],
  );
  return rows;
}
