import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { EntityUploadInput, EntityUploadResult } from '../contracts/upload';
import { stepsOf } from './proxies';

/** Chunks of one entity under way at once, over all workers. */
const window = 6;

/**
 * Validates and normalizes the rows of one entity into staging, chunk by chunk. Very long lists go on in a new run with
 * the state in its input.
 */
export async function entityUploadWorkflow(input: EntityUploadInput): Promise<EntityUploadResult> {
  const { uploadId, entity, chunks } = input;
  const { stageChunk } = stepsOf(input);
  let next = input.staged?.chunks ?? 0;
  let rows = input.staged?.rows ?? 0;

  const lane = async (): Promise<void> => {
    while (next < chunks && !workflowInfo().continueAsNewSuggested) {
      const index = next;
      next += 1;
      rows += (await stageChunk({ uploadId, entity, index })).rows;
    }
  };
  await Promise.all(Array.from({ length: Math.min(window, chunks - next) }, lane));

  if (next < chunks) await continueAsNew<typeof entityUploadWorkflow>({ ...input, staged: { chunks: next, rows } });
  return { entity, rows };
}
