import { hash } from 'node:crypto';
import { Context } from '@temporalio/activity';
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
import { getEntity } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import { readCc5Rows } from '../domain/formats/cc5/rows';
import type { PreparedRow } from '../domain/prepared-row';
import { severityTable } from '../domain/row-code-tables';
import { compileRowPreparer } from '../domain/rows/prepare-row';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { openObject } from './source-object';

/** Rows handed to COPY in one write; between two of them the event loop runs, so that heartbeats go out. */
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
      await stageRows(deps, work, chunk, getEntity(entity));
      return { rows: chunk.rowCount };
    });

async function stageRows(deps: ActivityDeps, work: UploadWork, chunk: ChunkWork, definition: EntityDefinition): Promise<void> {
  const { db, s3, config } = deps;
  const { uploadSeq } = work;
  const source = { s3, bucket: config.aws.bucket, key: chunk.objectKey };
  const object = await openObject(source, chunk.etag ?? '', { from: chunk.byteFrom, to: chunk.byteTo });
  const text = new TextDecoder().decode(await object.bytes());
  const verdicts: string[] = [];
  await db.transaction(async (trx) => {
    const rows = prepareRows(text, chunk, definition, work, verdicts);
    await copyInto(trx, rowsTable(uploadSeq, definition.name), copyColumns(definition), rows);
    if (verdicts.length > 0) await copyInto(trx, verdictsTable(uploadSeq), verdictColumns, verdicts);
    const { fileNo, chunkNo, rowCount } = chunk;
    await markStagedChunk(trx, uploadSeq, { fileNo, chunkNo, entity: definition.name, rowCount });
  });
}

/** Lines for COPY, some hundred rows at a time; fills `verdicts` on the way. */
async function* prepareRows(
  text: string,
  chunk: ChunkWork,
  definition: EntityDefinition,
  work: UploadWork,
  verdicts: string[],
): AsyncGenerator<string> {
  const columns = chunk.header?.columns ?? [];
  const severities = { ...severityTable, ...work.settings.severities };
  const prepare = compileRowPreparer(definition, columns, today());
  let lines = '';
  let rows = 0;
  for (const { rowNo, operation, values, problem } of readCc5Rows(text, columns.length, chunk.firstLine)) {
    const row = problem ? malformedRow(problem) : prepare(operation, values);
    row.problems.forEach(({ code, field }, position) => {
      const severity = severities[code] ?? 'error';
      verdicts.push(`${definition.name}\t${chunk.fileNo}\t${rowNo}\t${position}\t${severity}\t${code}\t${copyField(field)}\tt\n`);
    });
    lines += stagingLine(chunk.fileNo, rowNo, row);
    rows += 1;
    if (rows % rowsPerWrite === 0) {
      yield lines;
      lines = '';
    }
  }
  if (lines) yield lines;
  if (rows !== chunk.rowCount) throw new Error(`Chunk ${chunk.chunkNo} holds ${rows} rows, ${chunk.rowCount} were counted`);
}

function stagingLine(fileNo: number, rowNo: number, row: PreparedRow): string {
  const { entityId, document, disabled, operation, columns } = row;
  const contentHash = document === null ? '\\N' : `\\\\x${hash('sha256', document, 'hex').slice(0, hashHexDigits)}`;
  let line = `${fileNo}\t${rowNo}\t${operation === 'delete' ? 't' : 'f'}\t${copyField(entityId)}\t${disabled ? 't' : 'f'}\t${contentHash}\t${copyField(document)}`;
  for (const value of columns) line += `\t${copyField(value)}`;
  return `${line}\n`;
}
