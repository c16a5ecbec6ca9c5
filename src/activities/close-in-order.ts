import type { Knex } from 'knex';
import type { EndUploadInput } from '../contracts/activities';
import type { UploadCounts, UploadFailure } from '../contracts/upload';
import { insertEvent } from '../db/queries/events';
import { replaceParked } from '../db/queries/parking';
import { changingOutcomes, countFetchedRows, countOutcomes } from '../db/queries/plan';
import { endPlanAttempts } from '../db/queries/plan-attempt';
import { dropStaging } from '../db/queries/staging';
import { findUnfinished, lockTurn, setTurn } from '../db/queries/turns';
import { closeUpload, dropUncommittedRows, dropUnkeptParked, type UploadWork } from '../db/queries/upload-work';
import { entityDefinitions } from '../domain/entities';

export interface UploadEnd {
  status: EndUploadInput['status'];
  failure: UploadFailure | null;
}

/**
 * Closes an upload with the event that says so, gives the tenant's turn back and removes the staging tables. One that
 * was closed before is left as it is.
 */
export async function closeInOrder(db: Knex, work: UploadWork, end: UploadEnd): Promise<void> {
  const { uploadSeq, tenantId } = work;
  await db.transaction(async (trx) => {
    const holder = await lockTurn(trx, tenantId);
    if (await findUnfinished(trx, uploadSeq)) await close(trx, work, end);
    if (holder === uploadSeq) await setTurn(trx, tenantId, null);
  });
  // An entity may have been staged for release only, so all are named.
  await dropStaging(
    db,
    uploadSeq,
    entityDefinitions.map(({ name }) => name),
  );
}

async function close(trx: Knex.Transaction, work: UploadWork, { status, failure }: UploadEnd): Promise<void> {
  const { uploadSeq, uploadId, tenantId } = work;
  const planned = await endPlanAttempts(trx, uploadSeq);
  if (status !== 'completed') await takeBack(trx, work, failure);
  const counts = planned ? await finalCounts(trx, work) : null;
  await closeUpload(trx, uploadSeq, { status, failure, counts });
  await insertEvent(trx, {
    tenantId,
    eventType: status === 'completed' ? 'upload.completed' : 'upload.failed',
    uploadSeq,
    body: { uploadId, mode: work.mode, counts: counts ?? {}, ...(failure && { failure }) },
  });
}

/**
 * Rows that an early end kept out lose their planned outcome. What was committed stays, and so it takes the place of
 * parked predecessors: they are older, and a later release must not write over it.
 */
async function takeBack(trx: Knex.Transaction, work: UploadWork, failure: UploadFailure | null): Promise<void> {
  const { uploadSeq, tenantId } = work;
  await dropUncommittedRows(trx, uploadSeq);
  // An upload that was refused for its parked rows goes on naming them.
  if (failure?.code !== 'UPLOAD_NOT_ATOMIC') await dropUnkeptParked(trx, uploadSeq);
  for (const definition of entityDefinitions) {
    await replaceParked(trx, { uploadSeq, tenantId, definition }, changingOutcomes);
  }
}

/** What was read stays what the files hold, also where rows were left unprocessed. */
async function finalCounts(db: Knex, { uploadSeq }: UploadWork): Promise<UploadCounts> {
  const counts = await countOutcomes(db, uploadSeq);
  const fetched = await countFetchedRows(db, uploadSeq);
  return Object.fromEntries(
    Object.entries(counts).map(([entity, sums]) => [entity, { ...sums, read: fetched[entity] ?? sums.read }]),
  );
}
