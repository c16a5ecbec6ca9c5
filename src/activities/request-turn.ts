import { WorkflowNotFoundError, type WorkflowExecutionStatusName } from '@temporalio/client';
import type { Knex } from 'knex';
import type { RequestTurnResult, UploadRef } from '../contracts/activities';
import { uploadWorkflowId } from '../contracts/workflow-ids';
import { findUnfinished, firstUnfinished, setTurn, tryLockTurn, type UnfinishedUpload } from '../db/queries/turns';
import { getUploadWork, markStep } from '../db/queries/upload-work';
import type { ActivityDeps } from './deps';

/** A workflow that is paused goes on some day; only these do not. */
const over: readonly WorkflowExecutionStatusName[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/**
 * Asks for the tenant's turn. It is granted to the earliest accepted upload that is not finished, once the one before
 * has given it back; asking again while holding it is granted again. When the upload before ended without closing, its
 * id is given back: whoever waits has to close it.
 */
export const createRequestTurn =
  (deps: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<RequestTurnResult> => {
    const { db } = deps;
    const { uploadSeq, tenantId } = await getUploadWork(db, uploadId);
    await markStep(db, uploadSeq, 'wait');
    const answer = await takeTurn(db, tenantId, uploadSeq);
    if (answer === 'granted') return { granted: true };
    if (answer === 'busy' || !(await isAbandoned(deps, answer))) return { granted: false };
    deps.logger.warn({ uploadId: answer.uploadId }, 'upload ended without its workflow closing it');
    return { granted: false, abandonedUploadId: answer.uploadId };
  };

/** Gives the turn to the upload, or names the one that it has to wait for; `busy` while that one commits. */
async function takeTurn(db: Knex, tenantId: number, uploadSeq: string): Promise<'granted' | 'busy' | UnfinishedUpload> {
  return db.transaction(async (trx) => {
    const turn = await tryLockTurn(trx, tenantId);
    if (!turn) return 'busy';
    const { holder } = turn;
    const inTurn = holder !== null && holder !== uploadSeq ? await findUnfinished(trx, holder) : undefined;
    const earlier = await firstUnfinished(trx, tenantId);
    const blocker = inTurn ?? (earlier && earlier.uploadSeq !== uploadSeq ? earlier : undefined);
    if (blocker) return blocker;
    await setTurn(trx, tenantId, uploadSeq);
    return 'granted';
  });
}

/** Whether the workflow of an unfinished upload is over. */
export async function isAbandoned(
  { temporal }: Pick<ActivityDeps, 'temporal'>,
  { uploadId, status }: UnfinishedUpload,
): Promise<boolean> {
  try {
    const execution = await temporal.workflow.getHandle(uploadWorkflowId(uploadId)).describe();
    return over.includes(execution.status.name);
  } catch (error) {
    // One that never ran is about to be started by its door; one that did is gone with Temporal's memory of it.
    if (error instanceof WorkflowNotFoundError) return status === 'running';
    throw error;
  }
}
