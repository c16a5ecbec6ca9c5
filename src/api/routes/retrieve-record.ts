import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { readAtOnce } from '../../db/queries/records-query';
import type { EntityDefinition } from '../../domain/entities';
import { readFilter, readProjection, readSort, type Condition } from '../../domain/query';
import { parseRecordId } from '../../domain/record-id';
import { Refusal } from '../../doors/refusal';
import { withApartValues, withHashFields } from '../apart-values';
import { tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { succeeded } from '../envelope';
import { refusing } from '../query-request';
import { queryTimeoutMs, refusingTimeout } from '../query-timeout';
import { readableEntity } from '../readable-entity';
import { readRecordPage } from '../record-page';
import { parseFields, pickFields } from '../request-fields';
import type { Turns } from '../turns';

const key = z.string().max(1000);
const request = z.object({
  Id: key.optional(),
  EntityId: key.optional(),
  Filter: z.unknown().optional(),
  Query: z.unknown().optional(),
  Fields: z.unknown().optional(),
});
type Asked = Partial<z.output<typeof request>>;

const read = (given: unknown): Asked => parseFields(request, pickFields(given, Object.keys(request.shape)));

/** GET /appdata/{Entity}/retrieve?id= (data-model B.7, C.5): one record by `id` or `entityId`. */
export function retrieveByKey(deps: ApiDeps): RequestHandler<{ entity: string }> {
  return async (req, res) => {
    const definition = readableEntity(res, req.params.entity);
    const { Id, EntityId, Fields } = read(req.query);
    const fields = typeof Fields === 'string' ? Fields.split(',') : Fields;
    await answer(deps, res, definition, { Id, EntityId, Fields: fields });
  };
}

/** POST /appdata/{Entity}/retrieve (data-model B.7): the one record that a filter, an `id` or an `entityId` names. */
export function retrieveByFilter(deps: ApiDeps, turns: Turns): RequestHandler<{ entity: string }> {
  return async (req, res) => {
    const definition = readableEntity(res, req.params.entity);
    const asked = read(req.body ?? {});
    await turns.run(tenantOf(res).tenantId, () => answer(deps, res, definition, asked));
  };
}

async function answer({ db }: ApiDeps, res: Response, definition: EntityDefinition, asked: Asked): Promise<void> {
  const { tenantId } = tenantOf(res);
  const { query, fields } = refusing(() => {
    const filter = readWhich(definition, asked);
    const sort = readSort(definition, undefined, filter);
    // Two are enough to know that it is not the only one.
    const which = { tenantId, entity: definition.name, filter, sort, skip: 0, take: 2 };
    return { query: which, fields: readProjection(definition, asked.Fields) };
  });
  const [record, another] = await refusingTimeout(() =>
    readAtOnce(db, queryTimeoutMs, (trx) => readRecordPage(trx, query, fields && withHashFields(definition, fields))),
  );
  if (!record) throw new Refusal('NOT_FOUND', 'There is no such record.');
  if (another) {
    throw new Refusal('INVALID_REQUEST', 'Filter: more than one record fits; POST to query for a list.', {
      field: 'Filter',
    });
  }
  res.json(succeeded(await withApartValues(db, tenantId, definition, record, fields)));
}

function readWhich(definition: EntityDefinition, { Id, EntityId, Filter, Query }: Asked): Condition {
  const filters = [Filter, Query].filter((filter) => filter !== undefined);
  if (Id !== undefined && parseRecordId(Id) === undefined) throw new Refusal('NOT_FOUND', 'There is no such record.');
  const keys = { ...(Id !== undefined && { id: Id }), ...(EntityId !== undefined && { entityId: EntityId }) };
  const named = filters.length + Object.keys(keys).length;
  if (named === 0) {
    throw new Refusal('INVALID_REQUEST', 'id: required, or entityId, or with POST a filter.', { field: 'id' });
  }
  return { kind: 'and', of: [...filters, keys].map((filter) => readFilter(definition, filter, 'Filter')) };
}
