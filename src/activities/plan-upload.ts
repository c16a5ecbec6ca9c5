import type { Knex } from 'knex';
import type { PlanUploadResult, UploadRef } from '../contracts/activities';
import type { UploadCounts } from '../contracts/upload';
import { nameOtherLines } from '../db/queries/match-patients';
import { addUp, analyzeLedger, clearPlan, countFetchedRows, countOutcomes, planEntity } from '../db/queries/plan';
import { clearResolution, resolveEntity } from '../db/queries/resolve';
import { analyzeStaging, indexKeys, indexVerdicts, markResolved, missingChunks } from '../db/queries/staging';
import { getUploadWork, holdPlanOpen, markPlanned, markStep, type UploadWork } from '../db/queries/upload-work';
import { messageFor } from '../domain/codes';
import { messageTemplates } from '../domain/row-code-tables';
import { entityDefinitions } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { matchRows } from './match-patients';
import { severitiesOf } from './severities';

/**
 * Resolves associations and writes the ledger: every staged row gets its outcome, and the rows that change records are
 * cut into pages. An interrupted attempt is begun again. When the plan stands already (the rows were staged again after a
 * database crash) only the associations are resolved anew.
 */
export const createPlanUpload =
  (deps: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<PlanUploadResult> =>
    whileHeartbeating(async () => {
      const { db } = deps;
      const work = await getUploadWork(db, uploadId);
      await markStep(db, work.uploadSeq, 'resolve');
      if ((await missingChunks(db, work.uploadSeq)) > 0) return { status: 'staging-lost' };
      const definitions = await stagedEntities(db, work.uploadSeq);
      for (const definition of definitions) if (definition.matchKeys) await matchRows(db, work, definition);
      await Promise.all([
        ...definitions.map((definition) => analyzeStaging(db, work.uploadSeq, definition)),
        indexVerdicts(db, work.uploadSeq),
      ]);
      await db.transaction((trx) => resolve(trx, work, definitions));
      const counts = work.planned ? (work.counts ?? {}) : await plan(deps, work, definitions);
      if (!counts) return { status: 'staging-lost' };
      return atomicityFailure(work, counts) ?? { status: 'done' };
    });

/** Definitions of the entities that an upload brings, in association order. */
export async function stagedEntities(db: Knex, uploadSeq: string): Promise<EntityDefinition[]> {
  const fetched = await countFetchedRows(db, uploadSeq);
  return entityDefinitions.filter(({ name }) => name in fetched);
}

async function resolve(
  trx: Knex.Transaction,
  work: UploadWork,
  definitions: readonly EntityDefinition[],
): Promise<void> {
  const { uploadSeq, tenantId } = work;
  const severities = severitiesOf(work);
  await clearResolution(trx, uploadSeq);
  for (const definition of definitions) {
    await resolveEntity(trx, { uploadSeq, tenantId, definition, among: definitions, round: 'own', severities });
  }
  await indexKeys(trx, uploadSeq);
  await markResolved(trx, uploadSeq);
}

/** From here on statistics are worth their time. */
const largePlanRows = 50_000;

/**
 * The ledgers of the entities do not depend on each other; the plan stands once all are written and it is marked.
 * Undefined when staged rows were lost on the way.
 */
async function plan(
  { db, config, meter }: ActivityDeps,
  work: UploadWork,
  definitions: readonly EntityDefinition[],
): Promise<UploadCounts | undefined> {
  const { uploadSeq, tenantId } = work;
  const pageRows = config.limits.commitPageRows;
  const written = await Promise.all(
    definitions.map((definition) =>
      db.transaction(async (trx) => {
        // An attempt that was given up but still runs must not plan over one that stands.
        if (!(await holdPlanOpen(trx, uploadSeq))) return undefined;
        await clearPlan(trx, uploadSeq, definition.name);
        const common = { uploadSeq, tenantId, definition, pageRows };
        const sums = await planEntity(trx, { ...common, round: 'own', messages: messageTemplates });
        if (definition.matchKeys) await nameOtherLines(trx, { uploadSeq, definition });
        return sums;
      }),
    ),
  );
  const isWhole = written.every((sums) => sums !== undefined);
  const counts = isWhole ? addUp(written.flat()) : await countOutcomes(db, uploadSeq);
  if (!(await isComplete(db, uploadSeq, counts))) return undefined;
  if (totalRows(counts) > largePlanRows) await analyzeLedger(db);
  await markPlanned(db, uploadSeq, counts);
  for (const [entity, { read }] of Object.entries(counts)) meter?.countRows('planned', entity, read);
  return counts;
}

/**
 * A database crash between two statements may have emptied the staging tables under the plan. The marks of the chunks tell
 * even when another attempt has written its plan over this one since.
 */
async function isComplete(db: Knex, uploadSeq: string, counts: UploadCounts): Promise<boolean> {
  if ((await missingChunks(db, uploadSeq)) > 0) return false;
  const fetched = await countFetchedRows(db, uploadSeq);
  return Object.entries(fetched).every(([entity, rows]) => rows === (counts[entity]?.read ?? 0));
}

function totalRows(counts: UploadCounts): number {
  return Object.values(counts).reduce((sum, { read }) => sum + read, 0);
}

/** With atomicity `upload` one errored or parked row keeps all rows out. */
function atomicityFailure(work: UploadWork, counts: UploadCounts): PlanUploadResult | undefined {
  const rejected = Object.values(counts).some(({ errored, parked }) => errored + parked > 0);
  if (work.atomicity !== 'upload' || !rejected) return undefined;
  const code = 'UPLOAD_NOT_ATOMIC';
  return { status: 'refused', failure: { code, message: messageFor(code) } };
}
