import type { EntityDefinition } from '../../entities/definition';
import { isPlainObject } from '../../normalize/free-value';
import type { ReadContext } from '../../normalize/reader';
import type { NumberedRow, PreparedRow } from '../../prepared-row';
import { compileRecordPreparer, isFieldOf, malformedRow } from '../../rows';
import { compileMapping, targetOf } from './field-mappings';
import type { JsonBatch } from './parse-batch';

/** Number of rows that a batch gives: its records to store and to delete. */
export function countBatchRows({ data, deletes }: Pick<JsonBatch, 'data' | 'deletes'>): number {
  return data.length + deletes.length;
}

/**
 * Validates and normalizes the rows of a batch, in order: what is to be stored, then what is to be deleted, numbered
 * through from 1 (data-model B.6). What is not an object is ROW_MALFORMED.
 */
export function* prepareBatchRows(
  batch: JsonBatch,
  definition: EntityDefinition,
  context: ReadContext,
): Generator<NumberedRow> {
  const isField = isFieldOf(definition);
  const columns = [...batch.mappings.values()].flatMap((mapping) =>
    mapping.type === null ? [] : [{ name: targetOf(mapping, isField), type: mapping.type }],
  );
  const map = compileMapping(batch.mappings, isField);
  const prepare = compileRecordPreparer(definition, context, columns);
  const malformed = malformedRow(definition);
  const read = (operation: PreparedRow['operation'], record: unknown): PreparedRow =>
    isPlainObject(record) ? prepare(operation, map(record)) : malformed;
  let rowNo = 0;
  for (const record of batch.data) yield { rowNo: (rowNo += 1), row: read('upsert', record) };
  for (const record of batch.deletes) yield { rowNo: (rowNo += 1), row: read('delete', record) };
}
