import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { taskQueues } from '../contracts/task-queues';
import type { UploadWorkflowInput } from '../contracts/upload';
import { uploadWorkflowId } from '../contracts/workflow-ids';

/** A caller waits for this, so it may not take as long as the client's own retries. */
const startTimeoutMs = 5_000;

/** Starts an upload's workflow; one that was started before, running or closed, is left alone. */
export async function startUploadWorkflow(temporal: Client, uploadId: string): Promise<void> {
  const input: UploadWorkflowInput = { uploadId };
  try {
    await temporal.withDeadline(Date.now() + startTimeoutMs, () =>
      temporal.workflow.start('uploadWorkflow', {
        workflowId: uploadWorkflowId(uploadId),
        taskQueue: taskQueues.uploads,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
