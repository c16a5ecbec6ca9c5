import type { Database } from '../client';

/** A tenant is one workspace and bucket (data-model B.1). */
export interface Tenant {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  name: string;
  timeZone: string;
  settings: Readonly<Record<string, unknown>>;
}

export interface NewTenant {
  workspaceId: string;
  bucketId: string;
  name: string;
  timeZone?: string;
}

const tenantColumns = `tenant_id AS "tenantId", workspace_id AS "workspaceId", bucket_id AS "bucketId", name,
            time_zone AS "timeZone", settings`;

/** The tenant of that workspace and bucket, made with its turn when it is not there yet. Its name is left alone. */
export async function ensureTenant(db: Database, tenant: NewTenant): Promise<Tenant> {
  const found = await findTenant(db, tenant.workspaceId, tenant.bucketId);
  if (found) return found;
  await db.raw(
    `WITH made AS (
       INSERT INTO tenants (workspace_id, bucket_id, name, time_zone)
       VALUES (:workspaceId, :bucketId, :name, coalesce(:timeZone, 'America/Los_Angeles'))
       ON CONFLICT (workspace_id, bucket_id) DO NOTHING
       RETURNING tenant_id
     )
     INSERT INTO tenant_turns (tenant_id) SELECT tenant_id FROM made`,
    { ...tenant, timeZone: tenant.timeZone ?? null },
  );
  const made = await findTenant(db, tenant.workspaceId, tenant.bucketId);
  if (!made) throw new Error('The tenant that was just made cannot be found');
  return made;
}

export async function findTenant(db: Database, workspaceId: string, bucketId: string): Promise<Tenant | undefined> {
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT ${tenantColumns}
       FROM tenants
      WHERE workspace_id = :workspaceId AND bucket_id = :bucketId`,
    { workspaceId, bucketId },
  );
  return result.rows[0];
}

export async function findTenantById(db: Database, tenantId: number): Promise<Tenant | undefined> {
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT ${tenantColumns}
       FROM tenants
      WHERE tenant_id = :tenantId`,
    { tenantId },
  );
  return result.rows[0];
}

/** In order of workspace and bucket, those after the one given. */
export async function listTenants(
  db: Database,
  query: { after: readonly [workspaceId: string, bucketId: string] | null; limit: number },
): Promise<Tenant[]> {
  const [workspaceId, bucketId] = query.after ?? ['', ''];
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT ${tenantColumns}
       FROM tenants
      WHERE (workspace_id COLLATE "C", bucket_id COLLATE "C") > (:workspaceId, :bucketId)
      ORDER BY workspace_id COLLATE "C", bucket_id COLLATE "C"
      LIMIT :limit`,
    { workspaceId, bucketId, limit: query.limit },
  );
  return result.rows;
}

/** Locks a tenant for a change. */
export async function lockTenant(db: Database, workspaceId: string, bucketId: string): Promise<Tenant | undefined> {
  const result = await db.raw<{ rows: Tenant[] }>(
    `SELECT ${tenantColumns}
       FROM tenants
      WHERE workspace_id = :workspaceId AND bucket_id = :bucketId
        FOR UPDATE`,
    { workspaceId, bucketId },
  );
  return result.rows[0];
}

export async function updateTenant(
  db: Database,
  tenant: Pick<Tenant, 'tenantId' | 'name' | 'timeZone' | 'settings'>,
): Promise<void> {
  await db.raw(
    `UPDATE tenants SET name = :name, time_zone = :timeZone, settings = :settings WHERE tenant_id = :tenantId`,
    { ...tenant, settings: JSON.stringify(tenant.settings) },
  );
}
