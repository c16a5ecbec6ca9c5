import type { RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { findApiKeyByHash, hashApiKey, type ApiKey, type ApiScope } from '../db/queries/api-keys';
import { findTenant, findTenantById, type Tenant } from '../db/queries/tenants';
import { Refusal } from '../doors/refusal';

export const workspaceHeader = 'X-Param-Override-WorkspaceId';
export const bucketHeader = 'X-Param-Override-BucketId';

interface Caller {
  keyId: string;
  scopes: readonly ApiScope[];
  tenant: Tenant;
}

/** The tenant that the request was let in for. */
export function tenantOf(res: Response): Tenant {
  return (res.locals.caller as Caller).tenant;
}

/**
 * Lets a request in for one tenant: the key's, or for operations the one that the two headers name (data-model B.1).
 * @param options.headersRequired CareCloud's calls carry all three headers; ours need only the key.
 */
export function authenticate(db: Knex, options: { headersRequired: boolean }): RequestHandler {
  return async (req, res, next) => {
    const key = await findKey(db, req.get('x-api-key'));
    const workspaceId = req.get(workspaceHeader);
    const bucketId = req.get(bucketHeader);
    if (options.headersRequired || key.tenantId === null) {
      requireHeader(workspaceHeader, workspaceId);
      requireHeader(bucketHeader, bucketId);
    }
    const tenant =
      key.tenantId === null
        ? await findTenant(db, workspaceId ?? '', bucketId ?? '')
        : await findTenantById(db, key.tenantId);
    if (!tenant) throw new Refusal('NOT_FOUND', 'There is no such workspace and bucket.');
    if (!namesTenant(tenant, workspaceId, bucketId)) {
      throw new Refusal('FORBIDDEN', 'This key is for another workspace or bucket.');
    }
    res.locals.caller = { keyId: key.keyId, scopes: key.scopes, tenant } satisfies Caller;
    next();
  };
}

/** Operations may do what any key may. */
export function requireScope(...accepted: readonly ApiScope[]): RequestHandler {
  return (_req, res, next) => {
    const { scopes } = res.locals.caller as Caller;
    if (!scopes.some((scope) => scope === 'ops' || accepted.includes(scope))) {
      throw new Refusal('FORBIDDEN', `This key lacks the scope ${accepted.join(' or ')}.`);
    }
    next();
  };
}

/** Anyone without a good key hears the same, so that nobody learns which keys have existed. */
async function findKey(db: Knex, presented: string | undefined): Promise<ApiKey> {
  const key = presented ? await findApiKeyByHash(db, hashApiKey(presented)) : undefined;
  if (!key || !isUsable(key, new Date())) {
    throw new Refusal('UNAUTHENTICATED', 'The header x-api-key needs a valid key.');
  }
  return key;
}

/** Expiry is exclusive: a key is good until, not at, the moment it names. */
export function isUsable(key: Pick<ApiKey, 'expiresAt' | 'revokedAt'>, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || now < key.expiresAt);
}

/** A name that is left out fits every tenant. */
export function namesTenant(
  tenant: Pick<Tenant, 'workspaceId' | 'bucketId'>,
  workspaceId: string | undefined,
  bucketId: string | undefined,
): boolean {
  return (
    (workspaceId ?? tenant.workspaceId) === tenant.workspaceId && (bucketId ?? tenant.bucketId) === tenant.bucketId
  );
}

function requireHeader(name: string, value: string | undefined): void {
  if (!value) throw new Refusal('INVALID_REQUEST', `The header ${name} is required.`, { field: name });
}
