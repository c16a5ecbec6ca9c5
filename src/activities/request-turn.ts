import { WorkflowNotFoundError } from '@temporalio/client';
import type { RequestTurnResult, UploadRef } from '../contracts/activities';
import { uploadWorkflowId } from '../contracts/workflow-ids';
import { findUnfinished, firstUnfinished, lockTurn, setTurn } from '../db/queries/turns';
import { closeUpload, getUploadWork, markStep } from '../db/queries/upload-work';
import { messageFor } from '../domain/codes';
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
    const blockedBy = await db.transaction(async (trx) => {
      const holder = await lockTurn(trx, tenantId);
      const inTurn = holder !== null && holder !== uploadSeq ? await findUnfinished(trx, holder) : undefined;
      const earlier = await firstUnfinished(trx, tenantId);
      const blocker = inTurn ?? (earlier && earlier.uploadSeq !== uploadSeq ? earlier : undefined);
      if (!blocker) await setTurn(trx, tenantId, uploadSeq);
      return blocker;
    });
    if (blockedBy) await closeIfAbandoned(deps, blockedBy);
    return { granted: !blockedBy };
  };

/** An upload whose workflow was terminated by hand would hold up its tenant for ever. */
async function closeIfAbandoned(
  { db, temporal, logger }: ActivityDeps,
  { uploadId, uploadSeq }: { uploadId: string; uploadSeq: string },
): Promise<void> {
  try {
    const { status } = await temporal.workflow.getHandle(uploadWorkflowId(uploadId)).describe();
    if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return;
  } catch (error) {
    // Not started yet: the door, or its recovery, is about to.
    if (error instanceof WorkflowNotFoundError) return;
    throw error;
  }
  logger.warn({ uploadId }, 'upload ended without its workflow closing it');
  const code = 'UPLOAD_TERMINATED';
  await closeUpload(db, uploadSeq, {
    status: 'failed',
    failure: { code, message: messageFor(code) },
    counts: null,
  });
}
