import { z } from 'zod';
import type { EntityDefinition } from '../domain/entities';
import {
  QueryFault,
  readFilter,
  readProjection,
  readSort,
  type Condition,
  type QueryField,
  type SortKey,
} from '../domain/query';
import { Refusal } from '../doors/refusal';
import { parseFields, pickFields } from './request-fields';

/** DESIGN 4: a page holds as many records as a batch. */
const maxTake = 1000;

const request = z.object({
  WorkspaceId: z.string().optional(),
  BucketId: z.string().optional(),
  Skip: z.int().min(0).max(2_147_483_647).default(0),
  Take: z.int().min(1).max(2_147_483_647).default(maxTake),
  Query: z.unknown().optional(),
  Sort: z.unknown().optional(),
  Fields: z.unknown().optional(),
  WithoutTotal: z.boolean().default(false),
  Distinct: z.boolean().default(false),
});

export interface QueryRequest {
  filter: Condition;
  sort: readonly SortKey[];
  fields: readonly QueryField[] | undefined;
  skip: number;
  take: number;
  withTotal: boolean;
  distinct: boolean;
}

/**
 * Reads the body of a query (data-model C.2); its keys come in any case.
 * @throws Refusal INVALID_REQUEST, or BATCH_TOO_LARGE for a page of more than 1000
 */
export function readQueryRequest(definition: EntityDefinition, body: unknown): QueryRequest {
  const asked = parseFields(request, pickFields(body ?? {}, Object.keys(request.shape)));
  if (asked.Take > maxTake) {
    throw new Refusal('BATCH_TOO_LARGE', `Take: at most ${maxTake} per page; read the next page with another call.`, {
      field: 'Take',
      details: { maxTake },
    });
  }
  return refusing(() => {
    const filter = readFilter(definition, asked.Query ?? {});
    const fields = readProjection(definition, asked.Fields);
    const sort = readSort(definition, asked.Sort, filter);
    // A whole record is like no other.
    const distinct = asked.Distinct && fields !== undefined;
    if (distinct && asked.Sort !== undefined) requireProjected(sort, fields);
    return { filter, sort, fields, skip: asked.Skip, take: asked.Take, withTotal: !asked.WithoutTotal, distinct };
  });
}

/** Distinct rows can only be put in order by what they hold; the id that was added to break ties is not missed. */
function requireProjected(sort: readonly SortKey[], fields: readonly QueryField[]): void {
  for (const { field } of sort) {
    const isShown = fields.some(({ name }) => name === field.name);
    if (!isShown && field.column !== 'id') {
      throw new QueryFault(`Sort.${field.name}`, 'with Distinct only fields that Fields names');
    }
  }
}

/** Runs what reads a request and answers for its faults. */
export function refusing<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    throw new Refusal('INVALID_REQUEST', error.message, { field: error.field });
  }
}
