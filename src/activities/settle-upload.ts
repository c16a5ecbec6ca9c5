import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import type { StepResult, UploadRef } from '../contracts/activities';
import { countReleased } from '../db/queries/commit';
import {
  clearReleased,
  countParked,
  parkRows,
  replaceParked,
  replacingOutcomes,
  settleReleased,
  stageReleasable,
  waitingEntities,
} from '../db/queries/parking';
import { countFetchedRows, countOutcomes, planEntity } from '../db/queries/plan';
import { clearResolution, resolveEntity } from '../db/queries/resolve';
import { indexKeys, openStaging } from '../db/queries/staging';
import { getUploadWork, markStep, type UploadWork } from '../db/queries/upload-work';
import { messageTemplates } from '../domain/row-code-tables';
import { entityDefinitions } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import { commitRange } from './commit-upload';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { stagedEntities } from './plan-upload';
import { severitiesOf } from './severities';
import { writeResults } from './write-results';

/** Everything that is released from parking, as a range of the ledger. */
const releasedRange = { fileNo: 0, fromRow: 0, toRow: 2 ** 31 - 1 };

/**
 * Puts an upload's affairs in order after its commit: rows that came again replace their parked predecessors, its own
 * parked rows are kept, waiting rows whose parents have arrived are released, the ledger is checked and the results are
 * written to S3.
 */
export const createSettleUpload =
  (deps: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<StepResult> =>
    whileHeartbeating(async () => {
      const { db } = deps;
      const work = await getUploadWork(db, uploadId);
      await markStep(db, work.uploadSeq, 'settle');
      const definitions = await stagedEntities(db, work.uploadSeq);
      if (work.mode === 'commit') {
        if (!(await park(db, work, definitions))) return { status: 'staging-lost' };
        await release(deps, work);
      }
      await checkLedger(db, work);
      await writeResults(deps, work, definitions);
      return { status: 'done' };
    });

/** Keeps the parked rows. False when a database crash took the staged rows before all were kept. */
async function park(db: Knex, work: UploadWork, definitions: readonly EntityDefinition[]): Promise<boolean> {
  const { uploadSeq, tenantId } = work;
  await db.transaction(async (trx) => {
    for (const definition of definitions) {
      await replaceParked(trx, { uploadSeq, tenantId, definition }, replacingOutcomes);
      await parkRows(trx, { uploadSeq, tenantId, definition });
    }
  });
  const planned = Object.values(work.counts ?? {}).reduce((sum, { parked }) => sum + parked, 0);
  return (await countParked(db, uploadSeq)) === planned;
}

/** Releases waiting rows level by level; each batch is one transaction and runs through the steps of an upload's own rows. */
async function release(deps: ActivityDeps, work: UploadWork): Promise<void> {
  const waiting = await waitingEntities(deps.db, work.tenantId);
  for (const definition of entityDefinitions) {
    if (!waiting.has(definition.name)) continue;
    await openStaging(deps.db, work.uploadSeq, definition);
    while (await releaseBatch(deps, work, definition));
  }
}

async function releaseBatch(
  { db, config }: ActivityDeps,
  work: UploadWork,
  definition: EntityDefinition,
): Promise<boolean> {
  const { uploadSeq, tenantId } = work;
  const pageRows = config.limits.commitPageRows;
  const scope = { uploadSeq, tenantId, definition, round: 'released' as const };
  return db.transaction(async (trx) => {
    await clearReleased(trx, scope);
    const staged = await stageReleasable(trx, { ...scope, limit: pageRows });
    if (staged === 0) return false;
    await clearResolution(trx, uploadSeq);
    await resolveEntity(trx, { ...scope, among: [definition], severities: severitiesOf(work) });
    await indexKeys(trx, uploadSeq);
    await planEntity(trx, { ...scope, messages: messageTemplates, pageRows });
    await commitRange(trx, work, definition, releasedRange, await countReleased(trx, uploadSeq, definition.name));
    await settleReleased(trx, scope);
    return true;
  });
}

/** No upload is called completed unless every row of its files has its outcome. */
async function checkLedger(db: Knex, { uploadSeq, uploadId }: UploadWork): Promise<void> {
  const counts = await countOutcomes(db, uploadSeq);
  const fetched = await countFetchedRows(db, uploadSeq);
  for (const [entity, rows] of Object.entries(fetched)) {
    const inLedger = counts[entity]?.read ?? 0;
    if (inLedger !== rows) {
      const sums = `Upload ${uploadId}: ${rows} rows of ${entity} read, ${inLedger} in the ledger`;
      throw ApplicationFailure.nonRetryable(sums, 'LEDGER_MISMATCH');
    }
  }
}
