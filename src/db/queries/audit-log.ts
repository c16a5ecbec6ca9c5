import type { Database } from '../client';

export type AuditAction =
  | 'tenant.created'
  | 'tenant.changed'
  | 'key.created'
  | 'key.rotated'
  | 'key.revoked'
  // Acts of other doors: what they concern follows the dot.
  | `${'schedule' | 'upload' | 'hold' | 'subscription' | 'event' | 'sftp-user' | 'subscription' | 'event'}.${string}`;

export interface AuditEntry {
  /** Who: the key that let the request in. */
  actorKeyId: string;
  action: AuditAction;
  tenantId: number | null;
  /** The key that was acted on. */
  keyId?: string;
  /** Ids, codes and names of fields; never a secret, and nothing of a record. */
  details?: Readonly<Record<string, unknown>>;
}

/** Call it in the transaction that does what it says. Nobody can change an entry afterwards (row-level-security.ts). */
export async function writeAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db.raw(
    `INSERT INTO audit_log (actor_key_id, action, tenant_id, key_id, details)
     VALUES (:actorKeyId, :action, :tenantId, :keyId, :details)`,
    { ...entry, keyId: entry.keyId ?? null, details: JSON.stringify(entry.details ?? {}) },
  );
}

export interface ListedAudit {
  auditSeq: string;
  at: Date;
  actorKeyId: string;
  action: string;
  workspaceId: string | null;
  bucketId: string | null;
  keyId: string | null;
  details: Record<string, unknown>;
}

/** Newest first, those before `beforeSeq`. */
export async function listAudit(
  db: Database,
  query: { beforeSeq: string | null; limit: number },
): Promise<ListedAudit[]> {
  const { rows } = await db.raw<{ rows: ListedAudit[] }>(
    `SELECT audit_seq::text AS "auditSeq", at, actor_key_id AS "actorKeyId", action, workspace_id AS "workspaceId",
            bucket_id AS "bucketId", key_id AS "keyId", details
       FROM audit_log LEFT JOIN tenants USING (tenant_id)
      WHERE :beforeSeq::bigint IS NULL OR audit_seq < :beforeSeq::bigint
      ORDER BY audit_seq DESC LIMIT :limit`,
    { ...query },
  );
  return rows;
}
