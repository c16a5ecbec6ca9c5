import type { Database } from '../client';
import type { ApiScope, KeyLimits } from './api-keys';

/** A key as operations see it: everything but the key. */
export interface ListedKey {
  keyId: string;
  /** Null, both: an operations key. */
  workspaceId: string | null;
  bucketId: string | null;
  name: string;
  scopes: ApiScope[];
  limits: KeyLimits;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  rotatedTo: string | null;
  rootKeyId: string;
  tenantId: number | null;
  /** Of all keys of its row of rotations. */
  requestsThisMonth: number;
}

const keyColumns = `k.key_id AS "keyId", t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", k.name, k.scopes,
  k.limits, k.created_at AS "createdAt", k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt",
  k.rotated_to AS "rotatedTo", coalesce(k.root_key_id, k.key_id) AS "rootKeyId", k.tenant_id AS "tenantId",
  coalesce(u.requests, 0)::float8 AS "requestsThisMonth"`;

const keyTables = `api_keys k
  LEFT JOIN tenants t USING (tenant_id)
  LEFT JOIN key_usage u ON u.root_key_id = coalesce(k.root_key_id, k.key_id)
        AND u.month = date_trunc('month', now() AT TIME ZONE 'UTC')::date`;

/** In order of their ids, those after the one given. */
export async function listKeys(db: Database, query: { after: string | null; limit: number }): Promise<ListedKey[]> {
  const { rows } = await db.raw<{ rows: ListedKey[] }>(
    `SELECT ${keyColumns} FROM ${keyTables}
      WHERE :after::uuid IS NULL OR k.key_id > :after::uuid
      ORDER BY k.key_id LIMIT :limit`,
    { ...query },
  );
  return rows;
}

/** One key, locked until the transaction ends. */
export async function lockKey(db: Database, keyId: string): Promise<ListedKey | undefined> {
  const { rows } = await db.raw<{ rows: ListedKey[] }>(
    `SELECT ${keyColumns} FROM ${keyTables} WHERE k.key_id = :keyId FOR UPDATE OF k`,
    { keyId },
  );
  return rows[0];
}

/** Lets a key end when its successor has taken over, or before, when it would have ended anyway. */
export async function endRotatedKey(
  db: Database,
  keyId: string,
  end: { rotatedTo: string; graceSeconds: number },
): Promise<Date> {
  const { rows } = await db.raw<{ rows: { expiresAt: Date }[] }>(
    `UPDATE api_keys
        SET rotated_to = :rotatedTo,
            expires_at = least(expires_at, clock_timestamp() + make_interval(secs => :graceSeconds))
      WHERE key_id = :keyId
      RETURNING expires_at AS "expiresAt"`,
    { keyId, ...end },
  );
  return rows[0]!.expiresAt;
}
