import type { Database } from '../client';

/** Whose an upload is and through which door it came. */
export interface UploadOrigin {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  source: string;
}

/** @throws Error when there is no such upload. */
export async function getUploadOrigin(db: Database, uploadId: string): Promise<UploadOrigin> {
  const { rows } = await db.raw(
    `SELECT u.tenant_id AS "tenantId", t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", u.source
     FROM uploads u JOIN tenants t USING (tenant_id) WHERE u.upload_id = ?`,
    [uploadId],
  );
  if (!rows[0]) throw new Error(`No upload ${uploadId}`);
  return rows[0];
}
