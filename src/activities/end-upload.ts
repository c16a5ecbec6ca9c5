import type { Knex } from 'knex';
import type { EndUploadInput, EndUploadResult } from '../contracts/activities';
import type { UploadCounts } from '../contracts/upload';
import { insertEvent } from '../db/queries/events';
import { countFetchedRows, countOutcomes } from '../db/queries/plan';
import { dropStaging } from '../db/queries/staging';
import { firstUnfinished, lockTurn, setTurn } from '../db/queries/turns';
import { closeUpload, dropUncommittedRows, getUploadWork, type UploadWork } from '../db/queries/upload-work';
import { entityDefinitions } from '../domain/entities';
import type { ActivityDeps } from './deps';

/**
 * Closes an upload with the event that says so, gives the tenant's turn back and removes the staging tables. Rows that
 * an early end kept out of the records lose their planned outcome.
 */
export const createEndUpload =
  ({ db }: ActivityDeps) =>
  async ({ uploadId, status, failure }: EndUploadInput): Promise<EndUploadResult> => {
    const work = await getUploadWork(db, uploadId);
    const { uploadSeq, tenantId } = work;
    await db.transaction(async (trx) => {
      const holder = await lockTurn(trx, tenantId);
      if (status !== 'completed') await dropUncommittedRows(trx, uploadSeq);
      const counts = work.planned ? await finalCounts(trx, work) : null;
      if (await closeUpload(trx, uploadSeq, { status, failure: failure ?? null, counts })) {
        await insertEvent(trx, {
          tenantId,
          eventType: status === 'completed' ? 'upload.completed' : 'upload.failed',
          uploadSeq,
          body: { uploadId, mode: work.mode, counts: counts ?? {}, ...(failure && { failure }) },
        });
      }
      if (holder === uploadSeq) await setTurn(trx, tenantId, null);
    });
    // An entity may have been staged for release only, so all are named.
    await dropStaging(
      db,
      uploadSeq,
      entityDefinitions.map(({ name }) => name),
    );
    const next = await firstUnfinished(db, tenantId);
    return { nextUploadId: next?.uploadId ?? null };
  };

/** What was read stays what the files hold, also where rows were left unprocessed. */
async function finalCounts(db: Knex, { uploadSeq }: UploadWork): Promise<UploadCounts> {
  const counts = await countOutcomes(db, uploadSeq);
  const fetched = await countFetchedRows(db, uploadSeq);
  return Object.fromEntries(
    Object.entries(counts).map(([entity, sums]) => [entity, { ...sums, read: fetched[entity] ?? sums.read }]),
  );
}
