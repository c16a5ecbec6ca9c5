import type { StageChunkInput, StageChunkResult } from '../contracts/activities';
import { keepApart } from '../db/queries/record-values';
import {
  copyColumns,
  copyInto,
  copyTarget,
  findStagedChunk,
  markStagedChunk,
  verdictColumns,
  verdictsTable,
} from '../db/queries/staging';
import { getChunkWork, getUploadWork, type ChunkWork, type UploadWork } from '../db/queries/upload-work';
import { findEntity } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { prepareChunk, type Aside } from './prepare-chunk';
import { readChunk } from './read-chunk';

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
      deps.meter?.countRows('staged', entity, chunk.rowCount);
      return { rows: chunk.rowCount };
    });

async function stageRows(
  deps: ActivityDeps,
  work: UploadWork,
  chunk: ChunkWork,
  definition: EntityDefinition,
): Promise<void> {
  const { db } = deps;
  const { uploadSeq } = work;
  const bytes = await readChunk(deps, chunk);
  await db.transaction(async (trx) => {
    const aside: Aside = { verdicts: [], apart: new Map() };
    const { verdicts, apart } = aside;
    const rows = prepareChunk(bytes, chunk, definition, work, aside);
    await copyInto(trx, copyTarget(uploadSeq, definition), copyColumns(definition), rows);
    if (apart.size > 0) await keepApart(trx, work.tenantId, apart);
    if (verdicts.length > 0) await copyInto(trx, verdictsTable(uploadSeq), verdictColumns, verdicts);
    const { fileNo, chunkNo, rowCount } = chunk;
    await markStagedChunk(trx, uploadSeq, { fileNo, chunkNo, entity: definition.name, rowCount });
  });
}
