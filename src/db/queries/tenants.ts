import type { Database } from '../client';

/** A tenant is one workspace and bucket (data-model B.1). */
export interface Tenant {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  name: string;
}

export interface NewTenant {
  workspaceId: string;
  bucketId: string;
  name: string;
}

/** The tenant of that workspace and bucket, made with its turn when it is not there yet. Its name is left alone. */
export async function ensureTenant(db: Database, tenant: NewTenant): Promise<Tenant> {
  const found = await findTenant(db, tenant.workspaceId, tenant.bucketId);
  if (found) return found;
  await db.raw(
    `WITH made AS (
       INSERT INTO tenants (workspace_id, bucket_id, name)
       VALUES (:workspaceId, :bucketId, :name)
       ON CONFLICT (workspace_id, bucket_id) DO NOTHING
       RETURNING tenant_id
     )
     INSERT INTO tenant_turns (tenant_id) SELECT tenant_id FROM made`,
    { ...tenant },
  );
  const made = await findTenant(db, tenant.workspaceId, tenant.bucketId);
  if (!made) throw new Error('The tenant that was just made cannot be found');
  return made;
}

export async function findTenant(db: Database, workspaceId: string, bucketId: string): Promise<Tenant | undefined> {
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT tenant_id AS "tenantId", workspace_id AS "workspaceId", bucket_id AS "bucketId", name
       FROM tenants
      WHERE workspace_id = :workspaceId AND bucket_id = :bucketId`,
    { workspaceId, bucketId },
  );
  return result.rows[0];
}

export async function findTenantById(db: Database, tenantId: number): Promise<Tenant | undefined> {
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT tenant_id AS "tenantId", workspace_id AS "workspaceId", bucket_id AS "bucketId", name
       FROM tenants
      WHERE tenant_id = :tenantId`,
    { tenantId },
  );
  return result.rows[0];
}
