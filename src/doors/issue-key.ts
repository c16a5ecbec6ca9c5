import type { Knex } from 'knex';
import { createApiKey, revokeApiKey, type ApiScope, type KeyLimits } from '../db/queries/api-keys';
import { writeAudit } from '../db/queries/audit-log';
import { endRotatedKey, lockKey, type ListedKey } from '../db/queries/key-admin';
import { findTenant } from '../db/queries/tenants';
import { Refusal } from './refusal';

export interface KeyInput {
  /** Null: an operations key, which belongs to no tenant. */
  place: { workspaceId: string; bucketId: string } | null;
  name: string;
  scopes: readonly ApiScope[];
  expiresAt?: Date;
  limits?: KeyLimits;
}

/** The key itself is told here and never again. */
export interface IssuedKey {
  key: string;
  listed: ListedKey;
}

/** @throws Refusal NOT_FOUND when there is no such tenant */
export async function issueKey(db: Knex, actorKeyId: string, input: KeyInput): Promise<IssuedKey> {
  return db.transaction(async (trx) => {
    const tenant = input.place && (await findTenant(trx, input.place.workspaceId, input.place.bucketId));
    if (input.place && !tenant) throw new Refusal('NOT_FOUND', 'There is no such workspace and bucket.');
    const tenantId = tenant?.tenantId ?? null;
    const { keyId, key } = await createApiKey(trx, { ...input, tenantId });
    await writeAudit(trx, {
      actorKeyId,
      action: 'key.created',
      tenantId,
      keyId,
      details: { scopes: input.scopes, expiresAt: input.expiresAt ?? null, limits: input.limits ?? {} },
    });
    return { key, listed: await requireKey(trx, keyId) };
  });
}

/**
 * Makes a successor with the same rights, limits and quota. The old key goes on for the grace period, for clients that
 * have not heard yet.
 * @throws Refusal NOT_FOUND, or KEY_ENDED for a key that is revoked, expired or has a successor
 */
export async function rotateKey(
  db: Knex,
  actorKeyId: string,
  keyId: string,
  options: { graceSeconds: number; expiresAt?: Date },
): Promise<IssuedKey & { oldKeyExpiresAt: Date }> {
  return db.transaction(async (trx) => {
    const old = await requireKey(trx, keyId);
    const ended = old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= new Date());
    if (ended || old.rotatedTo) {
      throw new Refusal('KEY_ENDED', 'The key is revoked, expired or has been rotated.', {
        details: { rotatedTo: old.rotatedTo },
      });
    }
    const { name, scopes, limits, tenantId, rootKeyId } = old;
    const expiresAt = options.expiresAt ?? old.expiresAt ?? undefined;
    const made = await createApiKey(trx, { tenantId, name, scopes, limits, rootKeyId, expiresAt });
    const { graceSeconds } = options;
    const oldKeyExpiresAt = await endRotatedKey(trx, keyId, { rotatedTo: made.keyId, graceSeconds });
    const details = { rotatedTo: made.keyId, graceSeconds };
    await writeAudit(trx, { actorKeyId, action: 'key.rotated', tenantId, keyId, details });
    return { key: made.key, listed: await requireKey(trx, made.keyId), oldKeyExpiresAt };
  });
}

/** Ends a key at once; one that is revoked already stays so. @throws Refusal NOT_FOUND */
export async function endKey(db: Knex, actorKeyId: string, keyId: string): Promise<ListedKey> {
  return db.transaction(async (trx) => {
    const { tenantId } = await requireKey(trx, keyId);
    if (await revokeApiKey(trx, keyId)) {
      await writeAudit(trx, { actorKeyId, action: 'key.revoked', tenantId, keyId });
    }
    return requireKey(trx, keyId);
  });
}

async function requireKey(trx: Knex.Transaction, keyId: string): Promise<ListedKey> {
  const key = await lockKey(trx, keyId);
  if (!key) throw new Refusal('NOT_FOUND', 'There is no such key.');
  return key;
}
