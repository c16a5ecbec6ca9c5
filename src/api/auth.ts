import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { findApiKeyByHash, hashApiKey, type ApiKey, type ApiScope } from '../db/queries/api-keys';
import { findTenant, type Tenant } from '../db/queries/tenants';
import { acrossTenants, inTenant } from '../db/scope';
import { Refusal } from '../doors/refusal';
import type { Writer } from '../domain/entities';
import { writersOf } from '../doors/writers';
import type { Limiter } from './limits/limiter';

export const workspaceHeader = 'X-Param-Override-WorkspaceId';
export const bucketHeader = 'X-Param-Override-BucketId';

interface Caller {
  keyId: string;
  scopes: readonly ApiScope[];
  /** Undefined where operations act on no tenant or on all. */
  tenant?: Tenant;
}

/** The tenant that the request was let in for. */
export function tenantOf(res: Response): Tenant {
  const { tenant } = res.locals.caller as Caller;
  if (!tenant) throw new Error('A route of operations asks for its tenant');
  return tenant;
}

/** The key that the request was let in with. */
export function callerKeyOf(res: Response): string {
  return (res.locals.caller as Caller).keyId;
}

/** Whose records the request may import. */
export function callerWritersOf(res: Response): readonly Writer[] {
  return writersOf((res.locals.caller as Caller).scopes);
}

export interface AdmissionDeps {
  db: Knex;
  limiter: Limiter;
}

/**
 * Lets a request in for one tenant: the key's, or for operations the one that the two headers name (data-model B.1).
 * What it starts from then on sees this tenant's rows only (scope.ts).
 * @param options.headersRequired CareCloud's calls carry all three headers; ours need only the key.
 */
export function authenticate(deps: AdmissionDeps, options: { headersRequired: boolean }): RequestHandler {
  return async (req, res, next) => {
    const key = await findKey(deps, req);
    const { db } = deps;
    const workspaceId = req.get(workspaceHeader);
    const bucketId = req.get(bucketHeader);
    if (options.headersRequired || key.tenantId === null) {
      requireHeader(workspaceHeader, workspaceId);
      requireHeader(bucketHeader, bucketId);
    }
    const tenant = key.tenantId === null ? await findTenant(db, workspaceId ?? '', bucketId ?? '') : key.tenant;
    if (!tenant) throw new Refusal('NOT_FOUND', 'There is no such workspace and bucket.');
    if (!namesTenant(tenant, workspaceId, bucketId)) {
      throw new Refusal('FORBIDDEN', 'This key is for another workspace or bucket.');
    }
    res.locals.caller = { keyId: key.keyId, scopes: key.scopes, tenant } satisfies Caller;
    inTenant(tenant.tenantId, next);
  };
}

/** Lets operations in, for what belongs to no tenant or to all of them. */
export function authenticateOperations(deps: AdmissionDeps): RequestHandler {
  return async (req, res, next) => {
    const { keyId, scopes, tenantId } = await findKey(deps, req);
    if (tenantId !== null || !scopes.includes('ops')) {
      throw new Refusal('FORBIDDEN', 'Only an operations key may do this.');
    }
    res.locals.caller = { keyId, scopes } satisfies Caller;
    acrossTenants(next);
  };
}

/** Operations may do what any key may. */
export function requireScope(...accepted: readonly ApiScope[]): RequestHandler {
  return (_req, res, next) => {
    demandScope(res, accepted);
    next();
  };
}

/** The same where what is accepted depends on what is asked for. @throws Refusal FORBIDDEN */
export function demandScope(res: Response, accepted: readonly ApiScope[]): void {
  if (hasScope(res, accepted)) return;
  throw new Refusal('FORBIDDEN', `This key lacks the scope ${accepted.join(' or ')}.`);
}

export function hasScope(res: Response, accepted: readonly ApiScope[]): boolean {
  const { scopes } = res.locals.caller as Caller;
  return scopes.some((scope) => scope === 'ops' || accepted.includes(scope));
}

/** Anyone without a good key hears the same, so that nobody learns which keys have existed. */
async function findKey({ db, limiter }: AdmissionDeps, req: Request): Promise<ApiKey> {
  const presented = req.get('x-api-key');
  const address = req.ip ?? '';
  const keyHash = hashApiKey(presented ?? '');
  limiter.admitPresented(keyHash, address);
  const lookUp = (): Promise<ApiKey | undefined> => findApiKeyByHash(db, keyHash);
  // It sees the same in every scope. In the one that the request is going to have, the connection changes scope once or
  // not at all, where it would twice: each change is a question of its own to the database.
  const tenantId = limiter.lastTenantOf(keyHash) ?? null;
  const key = presented ? await (tenantId === null ? lookUp() : inTenant(tenantId, lookUp)) : undefined;
  if (!key || !isUsable(key, new Date())) {
    limiter.countUnknown(address);
    throw new Refusal('UNAUTHENTICATED', 'The header x-api-key needs a valid key.');
  }
  await limiter.admit(key, keyHash);
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
