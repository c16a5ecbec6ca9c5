import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../client';
import type { Tenant } from './tenants';

export const apiScopes = ['upload', 'query', 'ccn', 'patients', 'ops'] as const;
export type ApiScope = (typeof apiScopes)[number];

export interface NewApiKey {
  /** Null: operations, every tenant. */
  tenantId: number | null;
  name: string;
  scopes: readonly ApiScope[];
  expiresAt?: Date;
  limits?: KeyLimits;
  /** Of the first key of a row of rotations; a new key begins its own. */
  rootKeyId?: string;
}

/** What a key may do; what is left out is as configured. `monthlyRequests` null: no quota. */
export interface KeyLimits {
  requestsPerSecond?: number;
  burst?: number;
  monthlyRequests?: number | null;
}

export interface ApiKey {
  keyId: string;
  tenantId: number | null;
  scopes: ApiScope[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Under which its requests are counted. */
  rootKeyId: string;
  /** Its own, over those of its tenant. */
  limits: KeyLimits;
  /** Comes with the key: every request needs both, and a question of its own costs as much as this one. */
  tenant: Tenant | null;
}

/** Keys carry 256 bits of chance, so a plain hash is enough: there is nothing to guess and nothing to salt. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Makes a key. It is told once, here; only its hash is kept (data-model B.1). */
export async function createApiKey(db: Database, input: NewApiKey): Promise<{ keyId: string; key: string }> {
  const key = `cw_${randomBytes(32).toString('base64url')}`;
  const result = await db.raw<{ rows: { keyId: string }[] }>(
    `INSERT INTO api_keys (tenant_id, name, key_hash, scopes, expires_at, limits, root_key_id)
     VALUES (:tenantId, :name, :keyHash, :scopes, :expiresAt, :limits, :rootKeyId)
     RETURNING key_id AS "keyId"`,
    {
      tenantId: input.tenantId,
      name: input.name,
      keyHash: hashApiKey(key),
      scopes: [...input.scopes],
      expiresAt: input.expiresAt ?? null,
      limits: JSON.stringify(input.limits ?? {}),
      rootKeyId: input.rootKeyId ?? null,
    },
  );
  const made = result.rows[0];
  if (!made) throw new Error('The key was not stored');
  return { keyId: made.keyId, key };
}

/** Works in every scope (scope.ts). Also finds expired and revoked keys: what they are good for is for the caller to say. */
export async function findApiKeyByHash(db: Database, keyHash: Buffer): Promise<ApiKey | undefined> {
  const result = await db.raw<{ rows: ApiKey[] }>(
    `SELECT key_id AS "keyId", tenant_id AS "tenantId", scopes, expires_at AS "expiresAt", revoked_at AS "revokedAt",
            root_key_id AS "rootKeyId", limits,
            (SELECT json_build_object('tenantId', t.tenant_id, 'workspaceId', t.workspace_id, 'bucketId', t.bucket_id,
                                       'name', t.name, 'timeZone', t.time_zone, 'settings', t.settings)
               FROM tenants t
              WHERE t.tenant_id = key.tenant_id) AS tenant
       FROM find_api_key(:keyHash) AS key`,
    { keyHash },
  );
  return result.rows[0];
}

/** @returns false when there is no such key or it had been revoked before. */
export async function revokeApiKey(db: Database, keyId: string): Promise<boolean> {
  const result = await db.raw<{ rowCount: number }>(
    `UPDATE api_keys SET revoked_at = now() WHERE key_id = :keyId AND revoked_at IS NULL`,
    { keyId },
  );
  return result.rowCount === 1;
}
