import type { EndUploadInput, EndUploadResult } from '../contracts/activities';
import { firstUnfinished } from '../db/queries/turns';
import { getUploadWork } from '../db/queries/upload-work';
import { closeInOrder } from './close-in-order';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';

/** Closes an upload and names the tenant's next one in line. */
export const createEndUpload =
  ({ db }: ActivityDeps) =>
  async ({ uploadId, status, failure }: EndUploadInput): Promise<EndUploadResult> =>
    whileHeartbeating(async () => {
      const work = await getUploadWork(db, uploadId);
      await closeInOrder(db, work, { status, failure: failure ?? null });
      const next = await firstUnfinished(db, work.tenantId);
      return { nextUploadId: next?.uploadId ?? null };
    });
