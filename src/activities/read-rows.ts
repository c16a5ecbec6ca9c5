import type { ChunkWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import { readCc5Rows } from '../domain/formats/cc5';
import { parseBatch, prepareBatchRows } from '../domain/formats/json-batch';
import type { ReadContext } from '../domain/normalize/reader';
import type { PreparedRow } from '../domain/prepared-row';
import { compileRowPreparer, malformedRow } from '../domain/rows';

/** Takes a row by its place in the file: the line of a sync file, the position in a batch. */
export type OnRow = (rowNo: number, row: PreparedRow) => void;

/** Reads, validates and normalizes the rows of a chunk in the format of its file. */
export function readRows(
  bytes: Uint8Array,
  chunk: ChunkWork,
  definition: EntityDefinition,
  context: ReadContext,
  onRow: OnRow,
): void {
  if (chunk.format === 'json-batch') {
    const parsed = parseBatch(bytes);
    if (!parsed.ok) throw new Error('A batch that was read before cannot be read any more');
    prepareBatchRows(parsed.batch, definition, context, onRow);
    return;
  }
  const columns = chunk.header?.columns ?? [];
  const prepare = compileRowPreparer(definition, columns, context);
  const malformed = malformedRow(definition);
  readCc5Rows(new TextDecoder().decode(bytes), columns.length, chunk.firstLine, (rowNo, operation, values) =>
    onRow(rowNo, operation ? prepare(operation, values) : malformed),
  );
}
