import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { apiScopes } from '../../db/queries/api-keys';
import { listKeys, type ListedKey } from '../../db/queries/key-admin';
import { endKey, issueKey, rotateKey } from '../../doors/issue-key';
import { Refusal } from '../../doors/refusal';
import { keyLimits } from '../../doors/tenant-settings';
import { callerKeyOf } from '../auth';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';
import { isId, parseFields } from '../request-fields';
import { placeId } from './tenants';

const expiresAt = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date > new Date(), 'a moment that is still to come');

const newKey = z
  .strictObject({
    workspaceId: placeId.optional(),
    bucketId: placeId.optional(),
    name: z.string().trim().min(1).max(200),
    scopes: z.array(z.enum(apiScopes)).min(1).max(apiScopes.length),
    expiresAt: expiresAt.optional(),
    limits: keyLimits.optional(),
  })
  .superRefine(({ workspaceId, bucketId, scopes }, context) => {
    const isOps = scopes.includes('ops');
    if (isOps && (workspaceId ?? bucketId) !== undefined) {
      context.addIssue({ code: 'custom', path: ['workspaceId'], message: 'an operations key belongs to no tenant' });
    }
    if (!isOps && (workspaceId === undefined || bucketId === undefined)) {
      context.addIssue({ code: 'custom', path: ['workspaceId'], message: 'required, with bucketId' });
    }
  });

const rotation = z.strictObject({
  graceHours: z
    .number()
    .min(0)
    .max(30 * 24)
    .default(24),
  expiresAt: expiresAt.optional(),
});

/** API keys, for operations. */
export function createApiKeyRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/').post(makeKey(deps)).get(showKeys(deps)).all(methodNotAllowed('GET', 'POST'));
  routes.route('/:keyId/rotate').post(rotate(deps)).all(methodNotAllowed('POST'));
  routes.route('/:keyId/revoke').post(revoke(deps)).all(methodNotAllowed('POST'));
  return routes;
}

function makeKey({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { workspaceId, bucketId, scopes, ...rest } = parseFields(newKey, req.body);
    const place = workspaceId !== undefined && bucketId !== undefined ? { workspaceId, bucketId } : null;
    const { key, listed } = await issueKey(db, callerKeyOf(res), { ...rest, scopes: [...new Set(scopes)], place });
    res.status(201).json({ ...describeKey(listed), key });
  };
}

function showKeys({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const cursor = readOne(req.query.cursor, 'cursor');
    const after = cursor === undefined ? null : decodeCursor(z.tuple([z.string().refine(isId)]), cursor)[0];
    const found = await listKeys(db, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    res.json({ apiKeys: page.map(describeKey), nextCursor: last ? encodeCursor([last.keyId]) : null });
  };
}

function rotate({ db }: ApiDeps): RequestHandler<{ keyId: string }> {
  return async (req, res) => {
    const { graceHours, expiresAt: end } = parseFields(rotation, req.body ?? {});
    const options = { graceSeconds: graceHours * 3600, expiresAt: end };
    const { key, listed, oldKeyExpiresAt } = await rotateKey(db, callerKeyOf(res), readKeyId(req.params), options);
    res.status(201).json({ ...describeKey(listed), key, oldKeyExpiresAt: oldKeyExpiresAt.toISOString() });
  };
}

function revoke({ db }: ApiDeps): RequestHandler<{ keyId: string }> {
  return async (req, res) => {
    res.json(describeKey(await endKey(db, callerKeyOf(res), readKeyId(req.params))));
  };
}

function readKeyId({ keyId }: { keyId: string }): string {
  if (!isId(keyId)) throw new Refusal('NOT_FOUND', 'There is no such key.');
  return keyId;
}

function describeKey(key: ListedKey): object {
  const { keyId, workspaceId, bucketId, name, scopes, limits, rotatedTo, requestsThisMonth } = key;
  return {
    keyId,
    workspaceId,
    bucketId,
    name,
    scopes,
    limits,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    rotatedTo,
    requestsThisMonth,
  };
}
