import type { Knex } from 'knex';
import type { StepResult, UploadRef } from '../contracts/activities';
import {
  advanceCommitClock,
  analyzeGrownRecords,
  claimPage,
  countPage,
  deleteRecords,
  insertRecords,
  lockCommitClock,
  openPages,
  updateRecords,
  type PageCounts,
  type WriteScope,
} from '../db/queries/commit';
import { insertEvent } from '../db/queries/events';
import { isResolved } from '../db/queries/staging';
import { getUploadWork, markStep, type UploadWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import type { ActivityDeps } from './deps';
import { stopIfCancelled, whileHeartbeating } from './heartbeat';
import { stagedEntities } from './plan-upload';

/** Staged rows, or the keys that go with them, are gone that the ledger says are to be written. */
class StagingLost extends Error {}

/**
 * Commits the pages of the plan in association order, each in a transaction of its own that also marks it and announces
 * it, so that a crash is resumed at the first page that is not in. With atomicity `upload` all pages share one. A preview
 * commits nothing.
 */
export const createCommitUpload =
  ({ db, meter }: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<StepResult> =>
    whileHeartbeating(async (cancelled) => {
      const counted = (entity: string, rows: number) => meter?.countRows('committed', entity, rows);
      const work = await getUploadWork(db, uploadId);
      if (work.mode === 'preview') return { status: 'done' };
      await markStep(db, work.uploadSeq, 'commit');
      const definitions = await stagedEntities(db, work.uploadSeq);
      const inOneTransaction = work.atomicity === 'upload';
      try {
        if (inOneTransaction) {
          await db.transaction((trx) => commitPages(definitions, work, trx, (write) => write(trx), cancelled, counted));
        } else {
          await commitPages(definitions, work, db, (write) => db.transaction(write), cancelled, counted);
        }
        return { status: 'done' };
      } catch (error) {
        if (error instanceof StagingLost) return { status: 'staging-lost' };
        throw error;
      }
    });

async function commitPages(
  definitions: readonly EntityDefinition[],
  work: UploadWork,
  db: Knex,
  transact: (write: (trx: Knex.Transaction) => Promise<void>) => Promise<void>,
  cancelled: AbortSignal,
  counted: (entity: string, rows: number) => void,
): Promise<void> {
  for (const definition of definitions) {
    let written = 0;
    for (const page of await openPages(db, work.uploadSeq, definition.name)) {
      await stopIfCancelled(cancelled);
      written += page.rowCount;
      await transact(async (trx) => {
        if (!(await claimPage(trx, work.uploadSeq, page))) return;
        // Rows that were staged again and not resolved yet would go in without what their parents fill in.
        if (!(await isResolved(trx, work.uploadSeq))) throw new StagingLost();
        const { fileNo, fromRow, toRow } = page;
        const planned = await countPage(trx, work.uploadSeq, page);
        await commitRange(trx, work, definition, { fileNo, fromRow, toRow }, planned);
      });
      counted(definition.name, page.rowCount);
    }
    await analyzeGrownRecords(db, definition.name, written);
  }
}

/**
 * Writes a range of the ledger and the event that announces it, stamped in the order in which it becomes visible.
 * @param planned rows to be written by outcome; StagingLost when there are fewer
 */
export async function commitRange(
  trx: Knex.Transaction,
  { uploadSeq, uploadId, tenantId }: UploadWork,
  definition: EntityDefinition,
  range: WriteScope['page'],
  planned: PageCounts,
): Promise<void> {
  const { created = 0, updated = 0, disabled = 0, deleted = 0 } = planned;
  const changes = created + updated + disabled + deleted;
  if (changes === 0) return;
  const stamp = await lockCommitClock(trx, tenantId, uploadSeq);
  if (!stamp) throw new Error('The upload does not have its turn');
  const scope: WriteScope = { uploadSeq, tenantId, definition, page: range, stamp };
  let written = 0;
  if (created > 0) written += await insertRecords(trx, scope);
  if (updated + disabled > 0) written += await updateRecords(trx, scope, written);
  if (deleted > 0) written += await deleteRecords(trx, scope, written);
  if (written !== changes) throw new StagingLost();
  await advanceCommitClock(trx, tenantId, stamp, written);
  await insertEvent(trx, {
    tenantId,
    eventType: 'records.changed',
    uploadSeq,
    body: { uploadId, entity: definition.name, counts: planned },
  });
}
