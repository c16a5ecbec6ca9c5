import type { ChunkWork, FileHeader } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import { readCc5Rows } from '../domain/formats/cc5';
import { parseBatch, prepareBatchRows } from '../domain/formats/json-batch';
import { eachPatientRow, type PatientCsvHeader } from '../domain/formats/patient-csv';
import type { ReadContext } from '../domain/normalize/reader';
import type { NumberedRow } from '../domain/prepared-row';
import { compileRowPreparer, malformedRow } from '../domain/rows';

/** Reads, validates and normalizes the rows of a chunk in the format of its file, as they are asked for. */
export function* readRows(
  bytes: Uint8Array,
  chunk: ChunkWork,
  definition: EntityDefinition,
  context: ReadContext,
): Generator<NumberedRow> {
  if (chunk.format === 'json-batch') {
    const parsed = parseBatch(bytes);
    if (!parsed.ok) throw new Error('A batch that was read before cannot be read any more');
    yield* prepareBatchRows(parsed.batch, definition, context);
    return;
  }
  if (chunk.format === 'patient-csv') {
    yield* eachPatientRow(bytes, patientHeader(chunk.header), chunk.firstLine, context);
    return;
  }
  const columns = chunk.header?.columns ?? [];
  const prepare = compileRowPreparer(definition, columns, context);
  const malformed = malformedRow(definition);
  for (const { rowNo, operation, values } of readCc5Rows(bytes, columns.length, chunk.firstLine)) {
    yield { rowNo, row: operation ? prepare(operation, values) : malformed };
  }
}

/** What fetch kept of a patient file. */
export function patientHeader(header: FileHeader | null): PatientCsvHeader {
  if (!header || !('delimiter' in header)) throw new Error('A patient file was fetched without its header');
  return header;
}
