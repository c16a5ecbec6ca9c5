import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { isStatus, type Store } from '../platform/read-objects';

/** data-model B.5, step 1: the signed URL is valid for 15 minutes. */
const urlValidSeconds = 15 * 60;

/**
 * A URL that takes one PUT body for this one key and nothing else; any content type may be sent with it.
 * @param size when given, the body has to have exactly this many bytes
 */
export function signPut(store: Store, objectKey: string, size?: number): Promise<string> {
  const command = new PutObjectCommand({ Bucket: store.bucket, Key: objectKey, ContentLength: size });
  return getSignedUrl(store.s3, command, { expiresIn: urlValidSeconds });
}

/** @param etag when given, an object with another content does not count. */
export async function objectExists(store: Store, objectKey: string, etag?: string): Promise<boolean> {
  try {
    await store.s3.send(new HeadObjectCommand({ Bucket: store.bucket, Key: objectKey, IfMatch: etag }));
    return true;
  } catch (error) {
    if (isStatus(error, 404) || isStatus(error, 412)) return false;
    throw error;
  }
}

/** The file's own name stays readable in its key; whatever a path, URL or shell could take otherwise does not. */
export function safeFileName(fileName: string): string {
  return fileName.normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '_');
}

/** How clients see an object's place: opaque, in the documented form `//s3_bucket_name/path/to/file` (data-model B.4). */
export function filePathOf(store: Store, objectKey: string): string {
  return `//${store.bucket}/${objectKey}`;
}
