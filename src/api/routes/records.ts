import { Router, type RequestHandler, type Response } from 'express';
import { currentEpoch, listChanges, type RecordChange } from '../../db/queries/record-changes';
import { queryRecords } from '../../db/queries/records-query';
import { readFilter, readSort } from '../../domain/query';
import { recordIdOf } from '../../domain/record-id';
import { Refusal } from '../../doors/refusal';
import { withApartValues } from '../apart-values';
import { tenantOf } from '../auth';
import { decodePosition, encodePosition } from '../change-cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';
import { readableEntity } from '../readable-entity';
import { describeRecord } from '../record-view';

/** Under the minute after which gateways cut off a connection on which nothing comes. */
const longestWaitSeconds = 50;

/** Records as they change, and one by one. */
export function createRecordRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/:entity').get(showChanges(deps)).all(methodNotAllowed('GET'));
  routes.route('/:entity/:entityId').get(showRecord(deps)).all(methodNotAllowed('GET'));
  return routes;
}

function showChanges({ db, changes }: ApiDeps): RequestHandler<{ entity: string }> {
  return async (req, res) => {
    const { name: entity } = readableEntity(res, req.params.entity);
    const { tenantId } = tenantOf(res);
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const until = performance.now() + readWait(readOne(req.query.wait, 'wait')) * 1000;
    const cursor = readOne(req.query.after, 'after');
    const epoch = await currentEpoch(db);
    const after = decodePosition(cursor, { epoch, entity });
    const gone = goneSignal(res);

    let found = await listChanges(db, { tenantId, entity, after, limit: limit + 1 });
    let seen = after;
    while (found.length === 0) {
      const timeoutMs = until - performance.now();
      const stamp = await changes.beyond(tenantId, seen, { timeoutMs, gone });
      if (stamp === undefined) break;
      // It may have been another entity's: then there is nothing to be seen up to this stamp.
      seen = stamp;
      found = await listChanges(db, { tenantId, entity, after, limit: limit + 1 });
    }
    const page = found.slice(0, limit);
    const nextCursor = encodePosition({ epoch, entity, after: page.at(-1)?.modified ?? after });
    res.json({ records: page.map(describeChange), nextCursor, hasMore: found.length > limit });
  };
}

function showRecord({ db }: ApiDeps): RequestHandler<{ entity: string; entityId: string }> {
  return async (req, res) => {
    const definition = readableEntity(res, req.params.entity);
    const { tenantId } = tenantOf(res);
    const filter = readFilter(definition, { entityId: storable(req.params.entityId) });
    const sort = readSort(definition, undefined, filter);
    const query = { tenantId, entity: definition.name, filter, sort, skip: 0, take: 1 };
    const [record] = await queryRecords(db, query);
    if (!record) throw new Refusal('NOT_FOUND', 'There is no such record.');
    res.json(await withApartValues(db, tenantId, definition, describeRecord(record)));
  };
}

/** What no record can be called is answered like what none is called. */
function storable(entityId: string): string {
  if (entityId.length > 1000 || /[\0\p{Surrogate}]/u.test(entityId)) {
    throw new Refusal('NOT_FOUND', 'There is no such record.');
  }
  return entityId;
}

function describeChange({ document, ...change }: RecordChange): object {
  if (document) return describeRecord({ ...change, document });
  return { id: recordIdOf(change.id), entityId: change.entityId, modified: change.modified, deleted: true };
}

function readWait(text: string | undefined): number {
  if (text === undefined) return 0;
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= longestWaitSeconds) return seconds;
  throw new Refusal('INVALID_REQUEST', `wait: seconds, at most ${longestWaitSeconds}.`, { field: 'wait' });
}

/** Aborted when the caller hangs up. */
function goneSignal(res: Response): AbortSignal {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  return controller.signal;
}
