import type { Knex } from 'knex';
import { queryRecordParts, queryRecords, type RecordQuery } from '../db/queries/records-query';
import { assembleFields, type QueryField } from '../domain/query';
import { describeRecord } from './record-view';

/** One page of records as they are given out, whole or the fields that were asked for. */
export async function readRecordPage(
  trx: Knex.Transaction,
  query: RecordQuery,
  fields: readonly QueryField[] | undefined,
  distinct = false,
): Promise<object[]> {
  if (!fields) return (await queryRecords(trx, query)).map(describeRecord);
  const rows = await queryRecordParts(trx, query, fields, distinct);
  return rows.map((parts) => assembleFields(fields, parts));
}
