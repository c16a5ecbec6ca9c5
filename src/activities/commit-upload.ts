import type { Knex } from 'knex';
import type { StepResult, UploadRef } from '../contracts/activities';
import {
  advanceCommitClock,
  analyzeGrownRecords,
  claimPage,
  countPage,
  deleteRecords,
  insertRecords,
  openPages,
  reserveStamps,
  updateRecords,
  type CommitPage,
  type CommitStamps,
  type PageCounts,
  type WriteScope,
} from '../db/queries/commit';
import { insertEvent } from '../db/queries/events';
import { analyzeGrownKeys, writePatientKeys } from '../db/queries/patient-keys';
import { announceChangedSubmissions, announceNewSubmissions } from '../db/queries/submissions';
import { isResolved } from '../db/queries/staging';
import { getUploadWork, markStep, type UploadWork } from '../db/queries/upload-work';
import { patient } from '../domain/entities/patient';
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
      const common = { definitions, work, cancelled, counted };
      try {
        if (inOneTransaction) {
          await db.transaction((trx) =>
            commitPages({ ...common, db: trx, transact: (write) => write(trx), pagesAtOnce: 1 }),
          );
        } else {
          await commitPages({ ...common, db, transact: (write) => db.transaction(write), pagesAtOnce: 2 });
        }
        return { status: 'done' };
      } catch (error) {
        if (error instanceof StagingLost) return { status: 'staging-lost' };
        throw error;
      }
    });

interface PagesWork {
  definitions: readonly EntityDefinition[];
  work: UploadWork;
  db: Knex;
  transact(write: (trx: Knex.Transaction) => Promise<void>): Promise<void>;
  /** With 2, a page is written while the one before it is, and commits after it. */
  pagesAtOnce: 1 | 2;
  cancelled: AbortSignal;
  counted(entity: string, rows: number): void;
}

async function commitPages(pagesWork: PagesWork): Promise<void> {
  const { definitions, work, db, transact, pagesAtOnce, cancelled, counted } = pagesWork;
  let last: Promise<void> = Promise.resolve();
  let stamps: CommitStamps | undefined;
  const written: Record<string, number> = {};
  try {
    for (const definition of definitions) {
      const pages = await openPages(db, work.uploadSeq, definition.name);
      for (const page of pages) {
        await stopIfCancelled(cancelled);
        const planned = page.planned ?? (await countPage(db, work.uploadSeq, page));
        stamps = await reserveStamps(db, work.tenantId, changesOf(planned), stamps);
        const before = last;
        const write = writePage({ work, definition, page, planned, stamps, before });
        last = transact(write).then(() => counted(definition.name, page.rowCount));
        // It is waited for later: until then its failure is not one that nobody looks at.
        last.catch(() => undefined);
        await (pagesAtOnce === 1 ? last : before);
      }
      written[definition.name] = pages.reduce((sum, { rowCount }) => sum + rowCount, 0);
    }
  } finally {
    // Nothing of this attempt may still be writing when it is over.
    await Promise.allSettled([last]);
  }
  await last;
  await Promise.all(Object.entries(written).map(([entity, rows]) => analyzeGrownRecords(db, entity, rows)));
  await analyzeGrownKeys(db, written[patient.name] ?? 0);
}

interface PageWork {
  work: UploadWork;
  definition: EntityDefinition;
  page: CommitPage;
  planned: PageCounts;
  stamps: CommitStamps;
  /** The page before: it becomes visible first. */
  before: Promise<void>;
}

const writePage =
  ({ work, definition, page, planned, stamps, before }: PageWork) =>
  async (trx: Knex.Transaction): Promise<void> => {
    if (!(await claimPage(trx, work.uploadSeq, page))) return;
    // Rows that were staged again and not resolved yet would go in without what their parents fill in.
    if (!(await isResolved(trx, work.uploadSeq))) throw new StagingLost();
    const { fileNo, fromRow, toRow } = page;
    await writeRange(trx, work, definition, { fileNo, fromRow, toRow }, planned, stamps);
    await before;
    await announceRange(trx, work, definition, planned, stamps);
  };

/** Rows that a range of the ledger changes. */
function changesOf({ created = 0, updated = 0, disabled = 0, deleted = 0 }: PageCounts): number {
  return created + updated + disabled + deleted;
}

/**
 * Writes a range of the ledger and the event that announces it, stamped in the order in which it becomes visible.
 * @param planned rows to be written by outcome; StagingLost when there are fewer
 */
export async function commitRange(
  trx: Knex.Transaction,
  work: UploadWork,
  definition: EntityDefinition,
  range: WriteScope['page'],
  planned: PageCounts,
): Promise<void> {
  const stamps = await reserveStamps(trx, work.tenantId, changesOf(planned));
  await writeRange(trx, work, definition, range, planned, stamps);
  await announceRange(trx, work, definition, planned, stamps);
}

async function writeRange(
  trx: Knex.Transaction,
  { uploadSeq, tenantId }: UploadWork,
  definition: EntityDefinition,
  page: WriteScope['page'],
  planned: PageCounts,
  stamps: CommitStamps,
): Promise<void> {
  const { created = 0, updated = 0, disabled = 0, deleted = 0 } = planned;
  const scope: WriteScope = { uploadSeq, tenantId, definition, page, stamp: stamps.after };
  const { submissions, dataSourceCode } = definition;
  // What a submission changes is only seen before it is written.
  if (submissions && updated > 0) await announceChangedSubmissions(trx, { ...scope, dataSourceCode });
  let written = 0;
  if (created > 0) written += await insertRecords(trx, scope);
  if (updated + disabled > 0) written += await updateRecords(trx, scope, written);
  if (definition.matchKeys && written > 0) await writePatientKeys(trx, scope);
  if (deleted > 0) written += await deleteRecords(trx, scope, written);
  if (submissions && created > 0) await announceNewSubmissions(trx, { ...scope, dataSourceCode });
  if (written !== changesOf(planned)) throw new StagingLost();
}

/**
 * Takes the commit lock, as late as that may be, and writes the event: from here to the end of the transaction nobody
 * else stamps a record of the tenant or adds an event of its records.
 */
async function announceRange(
  trx: Knex.Transaction,
  { uploadSeq, uploadId, tenantId }: UploadWork,
  definition: EntityDefinition,
  planned: PageCounts,
  stamps: CommitStamps,
): Promise<void> {
  if (changesOf(planned) === 0) return;
  if (!(await advanceCommitClock(trx, tenantId, uploadSeq, stamps))) {
    throw new Error('The upload does not have its turn, or another attempt of it has committed later pages');
  }
  await insertEvent(trx, {
    tenantId,
    eventType: 'records.changed',
    uploadSeq,
    body: { uploadId, entity: definition.name, counts: planned },
  });
}
