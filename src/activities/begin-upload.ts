import type { BeginUploadResult, UploadRef } from '../contracts/activities';
import { getUploadWork, listFileWork, markStep } from '../db/queries/upload-work';
import type { ActivityDeps } from './deps';

/** Marks the upload as running and names its files. */
export const createBeginUpload =
  ({ db }: ActivityDeps) =>
  async ({ uploadId }: UploadRef): Promise<BeginUploadResult> => {
    const { uploadSeq } = await getUploadWork(db, uploadId);
    await markStep(db, uploadSeq, 'fetch');
    const files = await listFileWork(db, uploadSeq);
    return { fileNos: files.map((file) => file.fileNo) };
  };
