import { ApplicationFailure } from '@temporalio/common';
import type { ChunkWork } from '../db/queries/upload-work';
import { messageFor } from '../domain/codes';
import { ObjectChanged, openObject } from '../platform/read-objects';
import type { ActivityDeps } from './deps';

/**
 * Bytes of a chunk of the file that was fetched.
 * @throws ApplicationFailure FILE_CHANGED, not retryable, when the file was replaced since or is gone: it would be cut at the
 * wrong places, and does not come back
 */
export async function readChunk(
  { s3, config }: Pick<ActivityDeps, 's3' | 'config'>,
  chunk: ChunkWork,
): Promise<Uint8Array> {
  const source = { s3, bucket: config.aws.bucket, key: chunk.objectKey };
  try {
    const object = await openObject(source, chunk.etag ?? '', { from: chunk.byteFrom, to: chunk.byteTo });
    return await object.bytes();
  } catch (error) {
    if (!(error instanceof ObjectChanged)) throw error;
    throw ApplicationFailure.nonRetryable(messageFor('FILE_CHANGED'), 'FILE_CHANGED');
  }
}
