import type { Knex } from 'knex';
import { fetchedPath, type Condition, type QueryField, type SortKey } from '../../domain/query';
import type { Database } from '../client';
import { filterSql, orderSql, type Sql } from './record-filter';

/** A record as it is stored; times in UTC with microseconds, as they are given out. */
export interface StoredRecord {
  id: string;
  entityId: string;
  modified: string;
  document: Record<string, unknown>;
}

/** `modified` as it is given out. */
export const shownTime = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const recordColumns = `r.id::text AS id, r.entity_id AS "entityId", ${shownTime('r.modified')} AS modified, r.document`;

export interface RecordQuery {
  tenantId: number;
  entity: string;
  filter: Condition;
  sort: readonly SortKey[];
  skip: number;
  take: number;
}

/** Runs work in a transaction that sees one state of the database and gives up after `timeoutMs`. */
export async function readAtOnce<Result>(
  db: Knex,
  timeoutMs: number,
  work: (trx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  return db.transaction(
    async (trx) => {
      await trx.raw(`SELECT set_config('statement_timeout', ?, true)`, [String(timeoutMs)]);
      return work(trx);
    },
    { readOnly: true, isolationLevel: 'repeatable read' },
  );
}

/** Whether a statement was given up for its time (PostgreSQL's query_canceled). */
export function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '57014';
}

/** One page of the records that a filter takes, in the order of the sort. */
export async function queryRecords(db: Database, query: RecordQuery): Promise<StoredRecord[]> {
  const { text, bindings } = page(query, recordColumns);
  const { rows } = await db.raw(text, bindings as Knex.RawBinding[]);
  return rows;
}

/**
 * One page of parts of records: for each field what stands at its fetched path.
 * @param distinct each combination once; the sort may then only name fields of the projection
 */
export async function queryRecordParts(
  db: Database,
  query: RecordQuery,
  fields: readonly QueryField[],
  distinct: boolean,
): Promise<unknown[][]> {
  const parts = partsOf(fields);
  const columns: Sql = { text: `${distinct ? 'DISTINCT ' : ''}${parts.text} AS parts`, bindings: parts.bindings };
  const { text, bindings } = distinct ? distinctPage(query, columns, fields) : page(query, columns);
  const { rows } = await db.raw(text, bindings as Knex.RawBinding[]);
  return rows.map(({ parts: found }: { parts: unknown[] }) => found);
}

/** How many records a filter takes; with `distinct` how many combinations of these fields. */
export async function countRecords(
  db: Database,
  query: Pick<RecordQuery, 'tenantId' | 'entity' | 'filter'>,
  distinct?: readonly QueryField[],
): Promise<number> {
  const counted: Sql = distinct ? partsOf(distinct) : { text: '*', bindings: [] };
  const from = fromSql(query);
  const { rows } = await db.raw(
    `SELECT count(${distinct ? 'DISTINCT ' : ''}${counted.text})::int AS total ${from.text}`,
    [...counted.bindings, ...from.bindings] as Knex.RawBinding[],
  );
  return rows[0].total;
}

function fromSql({ tenantId, entity, filter }: Pick<RecordQuery, 'tenantId' | 'entity' | 'filter'>): Sql {
  const { text, bindings } = filterSql(filter);
  return {
    text: `FROM records r WHERE r.tenant_id = ? AND r.entity = ? AND ${text}`,
    bindings: [tenantId, entity, ...bindings],
  };
}

function page(query: RecordQuery, columns: Sql | string): Sql {
  const shown = typeof columns === 'string' ? { text: columns, bindings: [] } : columns;
  const from = fromSql(query);
  const order = query.sort.map(orderSql);
  const orderBy: Sql = {
    text: order.map(({ text }) => text).join(', '),
    bindings: order.flatMap(({ bindings }) => bindings),
  };
  if (query.skip > 0) return skippedPage(query, shown, from, orderBy);
  return {
    text: `SELECT ${shown.text} ${from.text} ORDER BY ${orderBy.text} LIMIT ?`,
    bindings: [...shown.bindings, ...from.bindings, ...orderBy.bindings, query.take],
  };
}

/** What is skipped is put in order by its keys alone: sorting whole documents only to leave them out costs many times as much. */
function skippedPage({ tenantId, entity, skip, take }: RecordQuery, shown: Sql, from: Sql, orderBy: Sql): Sql {
  return {
    text: `SELECT ${shown.text}
      FROM (SELECT r.entity_id, row_number() OVER (ORDER BY ${orderBy.text}) AS place ${from.text}
            ORDER BY ${orderBy.text} LIMIT ? OFFSET ?) page
      JOIN records r ON r.tenant_id = ? AND r.entity = ? AND r.entity_id = page.entity_id
      ORDER BY page.place`,
    bindings: [
      ...[...shown.bindings, ...orderBy.bindings, ...from.bindings, ...orderBy.bindings],
      ...[take, skip, tenantId, entity],
    ],
  };
}

/** Distinct rows are put in order by the parts themselves: by those sorted for, then by all, which makes it total. */
function distinctPage(query: RecordQuery, columns: Sql, fields: readonly QueryField[]): Sql {
  const from = fromSql(query);
  const order = query.sort.flatMap(({ field, descending }) => {
    const place = fields.findIndex(({ name }) => name === field.name);
    return place < 0 ? [] : [`parts -> ${place} ${descending ? 'DESC' : 'ASC'}`];
  });
  return {
    text: `SELECT parts FROM (SELECT ${columns.text} ${from.text}) p ORDER BY ${[...order, 'parts'].join(', ')} LIMIT ? OFFSET ?`,
    bindings: [...columns.bindings, ...from.bindings, query.take, query.skip],
  };
}

const columnParts: Partial<Record<NonNullable<QueryField['column']>, string>> = {
  id: `lpad(to_hex(r.id), 24, '0')`,
  entityId: 'r.entity_id',
  modified: shownTime('r.modified'),
};

function partsOf(fields: readonly QueryField[]): Sql {
  const parts = fields.map((field): Sql => {
    const column = field.column && columnParts[field.column];
    if (column) return { text: column, bindings: [] };
    return { text: `r.document #> CAST(? AS text[])`, bindings: [[...fetchedPath(field)]] };
  });
  return {
    text: `jsonb_build_array(${parts.map(({ text }) => text).join(', ')})`,
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
}
