import { hash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { StageChunkInput, StageChunkResult } from '../contracts/activities';
import { copyField } from '../db/copy-text';
import {
  copyColumns,
  copyInto,
  findStagedChunk,
  markStagedChunk,
  rowsTable,
  verdictColumns,
  verdictsTable,
} from '../db/queries/staging';
import { getChunkWork, getUploadWork, type ChunkWork, type UploadWork } from '../db/queries/upload-work';
import { messageFor } from '../domain/codes';
import { findEntity } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import { readCc5Rows } from '../domain/formats/cc5';
import type { PreparedRow } from '../domain/prepared-row';
import { compileRowPreparer, malformedRow } from '../domain/rows';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { severitiesOf } from './severities';
import { ObjectChanged, openObject, type SourceObject } from './source-object';

/** Rows handed to COPY in one write. */
const rowsPerWrite = 500;

/** Bytes of the content hash that are kept: enough to tell 2^64 versions of a record apart. */
const hashHexDigits = 32;

/**
 * Reads one chunk of a file and copies its rows, validated and normalized, into staging together with what is wrong
 * with them. Rows, verdicts and the mark of the chunk go in at once; a chunk that is marked is not read again.
 */
export const createStageChunk =
  (deps: ActivityDeps) =>
  async ({ uploadId, entity, index }: StageChunkInput): Promise<StageChunkResult> =>
    whileHeartbeating(async () => {
      const { db } = deps;
      const work = await getUploadWork(db, uploadId);
      const chunk = await getChunkWork(db, work.uploadSeq, entity, index);
      const staged = await findStagedChunk(db, work.uploadSeq, chunk.fileNo, chunk.chunkNo);
      if (staged) return { rows: staged.rowCount };
      const definition = findEntity(entity);
      if (!definition) throw new Error(`No entity ${entity}`);
      await stageRows(deps, work, chunk, definition);
      return { rows: chunk.rowCount };
    });

async function stageRows(
  deps: ActivityDeps,
  work: UploadWork,
  chunk: ChunkWork,
  definition: EntityDefinition,
): Promise<void> {
  const { db, s3, config } = deps;
  const { uploadSeq } = work;
  const source = { s3, bucket: config.aws.bucket, key: chunk.objectKey };
  const text = await readChunk(source, chunk);
  const { rows, verdicts } = prepareChunk(text, chunk, definition, work);
  await db.transaction(async (trx) => {
    await copyInto(trx, rowsTable(uploadSeq, definition.name), copyColumns(definition), rows);
    if (verdicts.length > 0) await copyInto(trx, verdictsTable(uploadSeq), verdictColumns, verdicts);
    const { fileNo, chunkNo, rowCount } = chunk;
    await markStagedChunk(trx, uploadSeq, { fileNo, chunkNo, entity: definition.name, rowCount });
  });
}

/** A file that was replaced since it was fetched fails the upload: its chunks would be cut at the wrong places. */
async function readChunk(source: SourceObject, chunk: ChunkWork): Promise<string> {
  try {
    const object = await openObject(source, chunk.etag ?? '', { from: chunk.byteFrom, to: chunk.byteTo });
    return new TextDecoder().decode(await object.bytes());
  } catch (error) {
    if (!(error instanceof ObjectChanged)) throw error;
    throw ApplicationFailure.nonRetryable(messageFor('FILE_CHANGED'), 'FILE_CHANGED');
  }
}

/** Lines for COPY, some hundred rows in each text. */
function prepareChunk(
  text: string,
  chunk: ChunkWork,
  definition: EntityDefinition,
  work: UploadWork,
): { rows: string[]; verdicts: string[] } {
  const columns = chunk.header?.columns ?? [];
  const severities = severitiesOf(work);
  const prepare = compileRowPreparer(definition, columns, { today: today() });
  const malformed = malformedRow(definition);
  const rows: string[] = [];
  const verdicts: string[] = [];
  let lines = '';
  let count = 0;
  readCc5Rows(text, columns.length, chunk.firstLine, (rowNo, operation, values) => {
    const prepared = operation ? prepare(operation, values) : malformed;
    const row = prepared.problems.some(({ code }) => severities[code] === 'error')
      ? { ...prepared, document: null }
      : prepared;
    row.problems.forEach(({ code, field }, position) => {
      const place = `${definition.name}\t${chunk.fileNo}\t${rowNo}\t${position}`;
      verdicts.push(`${place}\t${severities[code] ?? 'error'}\t${code}\t${copyField(field)}\tt\n`);
    });
    lines += stagingLine(chunk.fileNo, rowNo, row);
    count += 1;
    if (count % rowsPerWrite === 0) {
      rows.push(lines);
      lines = '';
    }
  });
  if (lines) rows.push(lines);
  if (count !== chunk.rowCount) throw new Error(`Chunk ${chunk.chunkNo} holds ${count} rows, not ${chunk.rowCount}`);
  return { rows, verdicts };
}

/** The day of UTC, which is never behind that of a tenant in America: no birthday of today is in the future. */
function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

function stagingLine(fileNo: number, rowNo: number, row: PreparedRow): string {
  const { entityId, document, disabled, operation, columns } = row;
  const contentHash = document === null ? '\\N' : `\\\\x${hash('sha256', document, 'hex').slice(0, hashHexDigits)}`;
  let line = `${fileNo}\t${rowNo}\t${operation === 'delete' ? 't' : 'f'}\t${copyField(entityId)}\t${disabled ? 't' : 'f'}\t${contentHash}\t${copyField(document)}`;
  for (const value of columns) line += `\t${copyField(value)}`;
  return `${line}\n`;
}
