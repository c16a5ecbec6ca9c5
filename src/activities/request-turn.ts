import { WorkflowNotFoundError } from '@temporalio/client';
import type { Knex } from 'knex';
import type { RequestTurnResult, UploadRef } from '../contracts/activities';
import { uploadWorkflowId } from '../contracts/workflow-ids';
import { findUnfinished, firstUnfinished, lockTurn, setTurn, type UnfinishedUpload } from '../db/queries/turns';
import { getUploadWork, markStep } from '../db/queries/upload-work';
import { messageFor } from '../domain/codes';
import { closeInOrder } from './close-in-order';
import type { ActivityDeps } from './deps';

/**
 * Asks for the tenant's turn. It is granted to the earliest accepted upload that is not finished, once the one before
 * has given it back; asking again while holding it is granted again.
 */
export const createRequestTurn =
  (deps: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<RequestTurnResult> => {
    const { db } = deps;
    const { uploadSeq, tenantId } = await getUploadWork(db, uploadId);
    await markStep(db, uploadSeq, 'wait');
    for (;;) {
      const blocker = await takeTurnOrFindBlocker(db, tenantId, uploadSeq);
      if (!blocker) return { granted: true };
      if (!(await isAbandoned(deps, blocker.uploadId))) return { granted: false };
      await closeAbandoned(deps, blocker.uploadId);
    }
  };

/** Gives the turn to the upload, or names the one that it has to wait for. */
async function takeTurnOrFindBlocker(
  db: Knex,
  tenantId: number,
  uploadSeq: string,
): Promise<UnfinishedUpload | undefined> {
  return db.transaction(async (trx) => {
    const holder = await lockTurn(trx, tenantId);
    const inTurn = holder !== null && holder !== uploadSeq ? await findUnfinished(trx, holder) : undefined;
    const earlier = await firstUnfinished(trx, tenantId);
    const blocker = inTurn ?? (earlier && earlier.uploadSeq !== uploadSeq ? earlier : undefined);
    if (!blocker) await setTurn(trx, tenantId, uploadSeq);
    return blocker;
  });
}

/** Whether the workflow of an unfinished upload is over. */
async function isAbandoned({ temporal }: ActivityDeps, uploadId: string): Promise<boolean> {
  try {
    const { status } = await temporal.workflow.getHandle(uploadWorkflowId(uploadId)).describe();
    return status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW';
  } catch (error) {
    // Not started yet: the door, or its recovery, is about to.
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** An upload whose workflow was terminated by hand would hold up its tenant for ever. */
async function closeAbandoned({ db, logger }: ActivityDeps, uploadId: string): Promise<void> {
  logger.warn({ uploadId }, 'upload ended without its workflow closing it');
  const code = 'UPLOAD_TERMINATED';
  await closeInOrder(db, await getUploadWork(db, uploadId), {
    status: 'failed',
    failure: { code, message: messageFor(code) },
  });
}
