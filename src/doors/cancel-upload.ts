import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { UploadStatus } from '../contracts/upload';
import { uploadWorkflowId } from '../contracts/workflow-ids';
import { startUploadWorkflow } from './start-workflow';

/** Asks an upload's workflow to stop; what it has committed by then stays. @returns false when nothing runs any more. */
export async function cancelUpload(
  { db, temporal }: { db: Knex; temporal: Client },
  upload: { uploadId: string; status: UploadStatus },
): Promise<boolean> {
  // Only a workflow can bring its upload to an end in order, so one that was not started yet is started first.
  if (upload.status === 'accepted') await startUploadWorkflow({ db, temporal }, upload.uploadId);
  try {
    await temporal.workflow.getHandle(uploadWorkflowId(upload.uploadId)).cancel();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
