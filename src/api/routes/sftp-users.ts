import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { listSftpUsers, type ListedSftpUser } from '../../db/queries/sftp-users';
import { createSftpUser, endSftpUser, rotateSftpUser } from '../../doors/sftp-users';
import { fingerprintOf } from '../../platform/ssh-public-key';
import { callerKeyOf } from '../auth';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';
import { parseFields } from '../request-fields';
import { placeId } from './tenants';

const username = z
  .string()
  .regex(/^[a-z][a-z0-9._-]{2,63}$/, '3 to 64 small letters, digits, dots, underscores and hyphens, a letter first');
const credentials = {
  password: z.string().min(12).max(256).optional(),
  publicKey: z.string().trim().min(1).max(16_384).optional(),
};

const newUser = z.strictObject({
  workspaceId: placeId,
  bucketId: placeId,
  username,
  uploads: z.boolean().default(false),
  ...credentials,
});
const rotation = z.strictObject(credentials);

/** Users of the SFTP door, for operations. */
export function createSftpUserRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/').post(makeUser(deps)).get(showUsers(deps)).all(methodNotAllowed('GET', 'POST'));
  routes.route('/:username/rotate').post(rotate(deps)).all(methodNotAllowed('POST'));
  routes.route('/:username/revoke').post(revoke(deps)).all(methodNotAllowed('POST'));
  return routes;
}

function makeUser({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { user, password } = await createSftpUser(db, callerKeyOf(res), parseFields(newUser, req.body));
    res.status(201).json({ ...describeUser(user), password });
  };
}

function showUsers({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const cursor = readOne(req.query.cursor, 'cursor');
    const after = cursor === undefined ? null : decodeCursor(z.tuple([username]), cursor)[0];
    const found = await listSftpUsers(db, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    res.json({ sftpUsers: page.map(describeUser), nextCursor: last ? encodeCursor([last.username]) : null });
  };
}

function rotate({ db }: ApiDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    const input = parseFields(rotation, req.body ?? {});
    const { user, password } = await rotateSftpUser(db, callerKeyOf(res), req.params.username, input);
    res.status(201).json({ ...describeUser(user), password });
  };
}

function revoke({ db }: ApiDeps): RequestHandler<{ username: string }> {
  return async (req, res) => {
    res.json(describeUser(await endSftpUser(db, callerKeyOf(res), req.params.username)));
  };
}

function describeUser(user: ListedSftpUser): object {
  return {
    username: user.username,
    workspaceId: user.workspaceId,
    bucketId: user.bucketId,
    uploads: user.uploads,
    hasPassword: user.hasPassword,
    publicKeyFingerprint: user.publicKey && fingerprintOf(user.publicKey),
    createdAt: user.createdAt.toISOString(),
    rotatedAt: user.rotatedAt?.toISOString() ?? null,
    revokedAt: user.revokedAt?.toISOString() ?? null,
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
  };
}
