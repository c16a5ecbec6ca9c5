import type { Knex } from 'knex';
import {
  assignPatients,
  clearMatched,
  judgeMatches,
  matchByEhrId,
  matchByPerson,
  readMatchKeys,
  recallPatients,
  writeMatched,
} from '../db/queries/match-patients';
import { inPlanAttempt, type PlanAttempt } from '../db/queries/plan-attempt';
import type { UploadWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import { severitiesOf } from './severities';

/**
 * Gives the rows of an entity without a key of its own the records that they are about. Once the plan stands it is what
 * counts: rows that had to be staged again get the records that it gave them, also where it is committed half way.
 */
export async function matchRows(
  db: Knex,
  attempt: PlanAttempt,
  work: UploadWork,
  definition: EntityDefinition,
): Promise<void> {
  const { uploadSeq, uploadId, tenantId } = work;
  const scope = { uploadSeq, uploadId, tenantId, definition, severities: severitiesOf(work) };
  await inPlanAttempt(db, attempt, async (trx) => {
    await clearMatched(trx, scope);
    await readMatchKeys(trx, scope);
    if (attempt.planned) {
      await recallPatients(trx, scope);
    } else {
      await matchByEhrId(trx, scope);
      await matchByPerson(trx, scope);
      await assignPatients(trx);
    }
    await writeMatched(trx, scope);
    await judgeMatches(trx, scope);
  });
}
