import { GetObjectCommand } from '@aws-sdk/client-s3';
import { WorkflowNotFoundError } from '@temporalio/client';
import { Router, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { snapshotPageKey } from '../../contracts/snapshot';
import { snapshotWorkflowId } from '../../contracts/workflow-ids';
import { endSnapshot, findSnapshot, listSnapshots, type Snapshot } from '../../db/queries/snapshots';
import type { Database } from '../../db/client';
import { messageFor } from '../../domain/codes';
import { entityDefinitions } from '../../domain/entities';
import { Refusal } from '../../doors/refusal';
import { startSnapshot } from '../../doors/start-snapshot';
import { requireScope, tenantOf } from '../auth';
import { encodePosition } from '../change-cursor';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';
import { mayRead, readableEntity } from '../readable-entity';
import { isId, parseFields } from '../request-fields';

const request = z.strictObject({
  entities: z.array(z.string().max(100)).min(1).max(100).optional(),
  keepHours: z.number().positive().max(72).default(24),
});
const position = z.tuple([z.int().min(0)]);
const mostPartitions = 64;

/** All entities of a tenant as they are at one point, for CCN's nightly read (data-model B.3). */
export function createSnapshotRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope('ccn'));
  routes.route('/').get(showSnapshots(deps)).post(takeSnapshot(deps)).all(methodNotAllowed('GET', 'POST'));
  routes
    .route('/:snapshotId')
    .get(showSnapshot(deps))
    .delete(deleteSnapshot(deps))
    .all(methodNotAllowed('GET', 'DELETE'));
  routes.route('/:snapshotId/records/:entity').get(showPage(deps)).all(methodNotAllowed('GET'));
  return routes;
}

function takeSnapshot(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { entities, keepHours } = parseFields(request, (req.body as unknown) ?? {});
    const readable = entityDefinitions.filter((definition) => mayRead(res, definition)).map(({ name }) => name);
    const asked = entities?.map((name) => readableEntity(res, name).name) ?? readable;
    const snapshot = await startSnapshot(deps, {
      tenantId: tenantOf(res).tenantId,
      entities: [...new Set(asked)],
      keepSeconds: Math.ceil(keepHours * 3600),
    });
    res.status(202).location(`/v1/snapshots/${snapshot.snapshotId}`).json(describe(snapshot));
  };
}

function showSnapshots({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    res.json({ snapshots: (await listSnapshots(db, tenantOf(res).tenantId, limit)).map(describe) });
  };
}

function showSnapshot({ db }: ApiDeps): RequestHandler<{ snapshotId: string }> {
  return async (req, res) => void res.json(describe(await requireSnapshot(db, res, req.params.snapshotId)));
}

/**
 * The workflow removes the pages when it is told; the answer does not wait for it. There is none when the process died
 * before it had started one.
 */
function deleteSnapshot({ db, temporal }: ApiDeps): RequestHandler<{ snapshotId: string }> {
  return async (req, res) => {
    const { snapshotId, status } = await requireSnapshot(db, res, req.params.snapshotId);
    if (status === 'preparing' || status === 'ready') {
      try {
        await temporal.workflow.getHandle(snapshotWorkflowId(snapshotId)).cancel();
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
      await endSnapshot(db, snapshotId, { status: 'expired' });
    }
    res.status(202).json(describe(await requireSnapshot(db, res, snapshotId)));
  };
}

/** One page: the next of the partition that is asked for. A partition has every so-many-th page of the entity. */
function showPage({ db, s3, bucket }: ApiDeps): RequestHandler<{ snapshotId: string; entity: string }> {
  return async (req, res) => {
    const snapshot = await requireSnapshot(db, res, req.params.snapshotId);
    const { name: entity } = readableEntity(res, req.params.entity);
    const partitions = readWhole(readOne(req.query.partitions, 'partitions') ?? '1', 'partitions', 1, mostPartitions);
    const partition = readWhole(readOne(req.query.partition, 'partition') ?? '0', 'partition', 0, partitions - 1);
    const cursor = readOne(req.query.cursor, 'cursor');
    const { prefix, pages } = requirePages(snapshot, entity);
    const page = cursor === undefined ? partition : decodeCursor(position, cursor)[0];
    const next = page + partitions < pages ? encodeCursor([page + partitions]) : null;
    const records = page < pages ? await readPage({ s3, bucket }, snapshotPageKey(prefix, entity, page)) : '[]';
    // The page is JSON already, and is not opened only to be packed again.
    res.type('json').send(`{"records":${records},"nextCursor":${JSON.stringify(next)}}`);
  };
}

async function readPage({ s3, bucket }: Pick<ApiDeps, 's3' | 'bucket'>, key: string): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString('utf8')) ?? '[]';
  } catch (error) {
    if ((error as { name?: string }).name !== 'NoSuchKey') throw error;
    throw new Refusal('SNAPSHOT_EXPIRED', messageFor('SNAPSHOT_EXPIRED'));
  }
}

function requirePages({ status, objectPrefix, contents }: Snapshot, entity: string): { prefix: string; pages: number } {
  if (status === 'expired') throw new Refusal('SNAPSHOT_EXPIRED', messageFor('SNAPSHOT_EXPIRED'));
  if (status !== 'ready' || !objectPrefix) {
    throw new Refusal('SNAPSHOT_NOT_READY', messageFor('SNAPSHOT_NOT_READY'), { details: { status } });
  }
  const content = contents?.[entity];
  if (!content) throw new Refusal('NOT_FOUND', 'The snapshot has no such entity.');
  return { prefix: objectPrefix, pages: content.pages };
}

/** @throws Refusal NOT_FOUND also for a snapshot of another tenant */
async function requireSnapshot(db: Database, res: Response, snapshotId: string): Promise<Snapshot> {
  const snapshot = isId(snapshotId) ? await findSnapshot(db, snapshotId) : undefined;
  if (snapshot?.tenantId !== tenantOf(res).tenantId) throw new Refusal('NOT_FOUND', 'There is no such snapshot.');
  return snapshot;
}

function describe(snapshot: Snapshot): object {
  const { epoch, modified, contents } = snapshot;
  const isReady = snapshot.status === 'ready' && epoch !== null;
  const entities = Object.entries(contents ?? {}).map(([entity, content]) => [
    entity,
    { ...content, changesCursor: epoch && encodePosition({ epoch, entity, after: modified }) },
  ]);
  return {
    snapshotId: snapshot.snapshotId,
    status: snapshot.status,
    createdAt: snapshot.createdAt.toISOString(),
    readyAt: snapshot.readyAt?.toISOString() ?? null,
    expiresAt: snapshot.expiresAt.toISOString(),
    modified,
    entities: isReady ? Object.fromEntries(entities) : {},
    failure: snapshot.failureCode && { code: snapshot.failureCode },
  };
}

function readWhole(text: string, field: string, lowest: number, highest: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new Refusal('INVALID_REQUEST', `${field}: a whole number from ${lowest} to ${highest}.`, { field });
}
