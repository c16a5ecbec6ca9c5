import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { headObject, isStatus, ObjectChanged, type ListedObject, type Store } from './read-objects';

/** The object may not be read: archived, or under a key or an owner that is not ours. */
export class ObjectRefused extends Error {}

/** The largest object that S3 copies in one call. */
const oneCallBytes = 5 * 1024 ** 3;
const partBytes = 1024 ** 3;

/**
 * Copies an object within the bucket, all of it or nothing.
 * @throws ObjectChanged when it is no longer the version that is meant, or gone; ObjectRefused when S3 does not let us
 */
export async function copyObject(
  store: Store,
  from: { key: string; etag: string; sizeBytes: number },
  toKey: string,
  sizes = { oneCallBytes, partBytes },
): Promise<void> {
  const source = {
    CopySource: `${store.bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`,
    CopySourceIfMatch: from.etag,
  };
  const target = { Bucket: store.bucket, Key: toKey };
  try {
    if (from.sizeBytes <= sizes.oneCallBytes) {
      await store.s3.send(new CopyObjectCommand({ ...target, ...source }));
    } else {
      await copyInParts(store.s3, source, target, from.sizeBytes, sizes.partBytes);
    }
  } catch (error) {
    if (isStatus(error, 412) || isStatus(error, 404)) throw new ObjectChanged();
    throw isStatus(error, 403) ? new ObjectRefused() : error;
  }
}

/** Parts of a copy that is given up are removed by the bucket's rule for unfinished uploads. */
async function copyInParts(
  s3: S3Client,
  source: { CopySource: string; CopySourceIfMatch: string },
  target: { Bucket: string; Key: string },
  sizeBytes: number,
  bytesOfPart: number,
): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(target));
  const parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (let at = 0; at < sizeBytes; at += bytesOfPart) {
    const CopySourceRange = `bytes=${at}-${Math.min(at + bytesOfPart, sizeBytes) - 1}`;
    const PartNumber = parts.length + 1;
    const part = { ...target, ...source, UploadId, PartNumber, CopySourceRange };
    const { CopyPartResult: result } = await s3.send(new UploadPartCopyCommand(part));
    parts.push({ PartNumber, ETag: result?.ETag });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }));
}

/**
 * Removes an object if it is still the version that is meant; another one under its name is left alone, also one of the
 * same bytes that was dropped later.
 */
export async function deleteVersion(
  { s3, bucket }: Store,
  { key, etag, lastModified }: Omit<ListedObject, 'sizeBytes'>,
): Promise<void> {
  // Asked besides the condition: it knows no times, and not every store that speaks S3 keeps it on a delete.
  const found = await headObject({ s3, bucket, key });
  if (found?.etag !== etag || secondOf(found.lastModified) !== secondOf(lastModified)) return;
  try {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  } catch (error) {
    if (!isStatus(error, 412) && !isStatus(error, 404)) throw error;
  }
}

/** A HEAD tells the second only, a listing may tell more. */
function secondOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

/** Removes an object, whatever version it is. */
export async function deleteObject({ s3, bucket }: Store, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
