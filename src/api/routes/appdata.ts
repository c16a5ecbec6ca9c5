import { Router, type RequestHandler } from 'express';
import { Refusal } from '../../doors/refusal';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { createTurns } from '../turns';
import { queryEntity } from './query-records';
import { retrieveByFilter, retrieveByKey } from './retrieve-record';

/** Single-entity writes are not open to external systems (data-model B.7, carecloud-upload): every write is an upload. */
const refuseSingleEntity: RequestHandler = () => {
  throw new Refusal(
    'SINGLE_ENTITY_UPLOAD_NOT_PERMITTED',
    'Records are not written one by one, because their associations would be left incomplete. Send the related entities ' +
      'together: files with POST /appfile/file/path and POST /appfile/file/import, several as one with POST /v1/uploads, or batches of at most 1000 with POST /appfile/file/import/data.',
  );
};

/** Of the ten connections that the API has. */
const queriesOfTenant = { atOnce: 4, mostWaiting: 200 };

/** CareCloud's calls on the records of an entity (data-model B.7, C.2). */
export function createAppdataRoutes(deps: ApiDeps): Router {
  const routes = Router();
  const turns = createTurns(queriesOfTenant);
  routes.route('/:entity/query').post(queryEntity(deps, turns)).all(methodNotAllowed('POST'));
  routes
    .route('/:entity/retrieve')
    .get(retrieveByKey(deps))
    .post(retrieveByFilter(deps, turns))
    .all(methodNotAllowed('GET', 'POST'));
  routes.all(['/:entity/create', '/:entity/update', '/:entity/delete'], refuseSingleEntity);
  return routes;
}
