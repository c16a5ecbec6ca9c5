import { isGrpcServiceError, WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Knex } from 'knex';
import { isInteractive, priorityOf } from '../contracts/priorities';
import { searchAttributes } from '../contracts/search-attributes';
import { taskQueues } from '../contracts/task-queues';
import type { UploadWorkflowInput } from '../contracts/upload';
import { uploadWorkflowId } from '../contracts/workflow-ids';
import { getUploadOrigin, type UploadOrigin } from '../db/queries/upload-origin';

/** A caller waits for this, so it may not take as long as the client's own retries. */
const startTimeoutMs = 5_000;

/** gRPC's INVALID_ARGUMENT. */
const invalidArgument = 3;

/** Starts an upload's workflow; one that was started before, running or closed, is left alone. */
export async function startUploadWorkflow(
  { db, temporal }: { db: Knex; temporal: Client },
  uploadId: string,
): Promise<void> {
  const origin = await getUploadOrigin(db, uploadId);
  const start = (typedSearchAttributes?: TypedSearchAttributes): Promise<void> =>
    startOnce(temporal, uploadId, origin, typedSearchAttributes);
  try {
    await start(searchAttributesOf(origin));
  } catch (error) {
    if (!isUnknownSearchAttribute(error)) throw error;
    // An upload is worth more than being found in the Temporal UI; its workflow then leaves the attributes alone as well.
    await start();
  }
}

async function startOnce(
  temporal: Client,
  uploadId: string,
  origin: UploadOrigin,
  typedSearchAttributes: TypedSearchAttributes | undefined,
): Promise<void> {
  const input: UploadWorkflowInput = { uploadId, interactive: isInteractive(origin) };
  try {
    await temporal.withDeadline(Date.now() + startTimeoutMs, () =>
      temporal.workflow.start('uploadWorkflow', {
        workflowId: uploadWorkflowId(uploadId),
        taskQueue: taskQueues.uploads,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        priority: priorityOf(origin),
        typedSearchAttributes,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function searchAttributesOf({ workspaceId, bucketId, source }: UploadOrigin): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: searchAttributes.tenant, value: `${workspaceId}/${bucketId}` },
    { key: searchAttributes.source, value: source },
    { key: searchAttributes.status, value: 'accepted' },
  ]);
}

/** The namespace does not know them (docs/operations.md says how they are registered). */
export function isUnknownSearchAttribute(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === invalidArgument && /search attribute/i.test(cause.details);
}
