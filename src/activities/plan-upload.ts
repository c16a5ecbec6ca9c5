import type { Knex } from 'knex';
import type { PlanUploadResult, UploadRef } from '../contracts/activities';
import type { UploadCounts } from '../contracts/upload';
import { nameOtherLines } from '../db/queries/match-patients';
import {
  addUp,
  analyzeLedger,
  clearPlan,
  countFetchedRows,
  planEntity,
  type LedgerSum,
  type PlanScope,
} from '../db/queries/plan';
import { beginPlanAttempt, inPlanAttempt, markPlanned, type PlanAttempt } from '../db/queries/plan-attempt';
import { clearResolution, resolveEntity } from '../db/queries/resolve';
import { analyzeStaging, indexKeys, indexVerdicts, markResolved, missingChunks } from '../db/queries/staging';
import { getUploadWork, markStep, type UploadWork } from '../db/queries/upload-work';
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
      const { uploadSeq } = work;
      await markStep(db, uploadSeq, 'resolve');
      if ((await missingChunks(db, uploadSeq)) > 0) return { status: 'staging-lost' };
      const attempt = await beginPlanAttempt(db, uploadSeq);
      const definitions = await stagedEntities(db, uploadSeq);
      for (const definition of definitions) {
        if (definition.matchKeys) await matchRows(db, attempt, work, definition);
      }
      await Promise.all([
        ...definitions.map((definition) => analyzeStaging(db, uploadSeq, definition)),
        indexVerdicts(db, uploadSeq),
      ]);
      const sums = await resolveAndPlan(deps, attempt, work, definitions);
      const counts = attempt.planned ?? (await completePlan(deps, attempt, sums));
      if (!counts) return { status: 'staging-lost' };
      return atomicityFailure(work, counts) ?? { status: 'done' };
    });

/** Definitions of the entities that an upload brings, in association order. */
export async function stagedEntities(db: Knex, uploadSeq: string): Promise<EntityDefinition[]> {
  const fetched = await countFetchedRows(db, uploadSeq);
  return entityDefinitions.filter(({ name }) => name in fetched);
}

/**
 * Resolves the entities one after the other, in association order. The ledger of one is written while the next ones are
 * resolved: it does not depend on them.
 * @returns the sums of the ledgers; none when the plan stands
 */
async function resolveAndPlan(
  { db, config }: ActivityDeps,
  attempt: PlanAttempt,
  work: UploadWork,
  definitions: readonly EntityDefinition[],
): Promise<LedgerSum[]> {
  const { uploadSeq, tenantId } = work;
  const severities = severitiesOf(work);
  const pageRows = config.limits.commitPageRows;
  const inAttempt = <T>(step: (trx: Knex.Transaction) => Promise<T>): Promise<T> => inPlanAttempt(db, attempt, step);

  const ledgers: Promise<LedgerSum[]>[] = [];
  let resolved = inAttempt((trx) => clearResolution(trx, uploadSeq));
  for (const definition of definitions) {
    const scope = { uploadSeq, tenantId, definition, round: 'own' as const };
    resolved = resolved.then(() =>
      inAttempt((trx) => resolveEntity(trx, { ...scope, among: definitions, severities })),
    );
    if (attempt.planned) continue;
    ledgers.push(resolved.then(() => inAttempt((trx) => writeLedger(trx, { ...scope, pageRows }))));
  }
  const keysStand = resolved.then(() =>
    inAttempt(async (trx) => {
      await indexKeys(trx, uploadSeq);
      await markResolved(trx, uploadSeq);
    }),
  );
  const [sums] = await Promise.all([Promise.all(ledgers), keysStand]);
  return sums.flat();
}

async function writeLedger(trx: Knex.Transaction, scope: Omit<PlanScope, 'messages'>): Promise<LedgerSum[]> {
  const { uploadSeq, definition } = scope;
  await clearPlan(trx, uploadSeq, definition.name);
  const sums = await planEntity(trx, { ...scope, messages: messageTemplates });
  if (definition.matchKeys) await nameOtherLines(trx, { uploadSeq, definition });
  return sums;
}

/** From here on statistics are worth their time. */
const largePlanRows = 50_000;

/** Notes that the plan stands once every row has its place in it. Undefined when staged rows were lost on the way. */
async function completePlan(
  { db, meter }: ActivityDeps,
  attempt: PlanAttempt,
  sums: readonly LedgerSum[],
): Promise<UploadCounts | undefined> {
  const counts = addUp(sums);
  if (!(await isComplete(db, attempt.uploadSeq, counts))) return undefined;
  if (totalRows(counts) > largePlanRows) await analyzeLedger(db);
  await markPlanned(db, attempt, counts);
  for (const [entity, { read }] of Object.entries(counts)) meter?.countRows('planned', entity, read);
  return counts;
}

/** A database crash between two statements may have emptied the staging tables under the plan: marks and sums tell. */
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
