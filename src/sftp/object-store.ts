import type { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { SftpRefusal } from './protocol/refusal';

export interface Store {
  s3: S3Client;
  bucket: string;
}

export interface StoredObject {
  sizeBytes: number;
  modified: Date;
  etag: string;
}

export interface ListedName {
  name: string;
  sizeBytes: number;
  modified: Date;
}

/** What is stored under a key, or undefined. */
export async function findObject({ s3, bucket }: Store, key: string): Promise<StoredObject | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return {
      sizeBytes: head.ContentLength ?? 0,
      modified: head.LastModified ?? new Date(0),
      etag: head.ETag ?? '',
    };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** An object as it was when it was found, from a byte on. @throws SftpRefusal when another has taken its place */
export async function openRange(
  { s3, bucket }: Store,
  { key, etag }: { key: string; etag: string },
  from: number,
): Promise<Readable> {
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${from}-` });
    const { Body: body } = await s3.send(command);
    return body as Readable;
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 412) throw error;
    throw new SftpRefusal('FAILURE', 'The file was replaced or removed while it was read: read it again.');
  }
}

/** A page of the names straight below a prefix, in order, and where the next one begins. */
export async function listNames(
  { s3, bucket }: Store,
  prefix: string,
  token: string | undefined,
): Promise<{ names: ListedName[]; next: string | undefined }> {
  const page = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: '/',
      // Keys may hold characters that XML cannot carry, so they are asked for in encoded form.
      EncodingType: 'url',
      ContinuationToken: token,
    }),
  );
  const names = (page.Contents ?? []).map(({ Key: key = '', Size: sizeBytes = 0, LastModified: modified }) => ({
    name: (page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key).slice(prefix.length),
    sizeBytes,
    modified: modified ?? new Date(0),
  }));
  return { names, next: page.NextContinuationToken };
}

/** Copies an object if it is still the version that is meant, all of it or nothing. @throws SftpRefusal when it is not */
export async function copyObject(
  { s3, bucket }: Store,
  from: { key: string; etag: string },
  toKey: string,
): Promise<void> {
  const source = `${bucket}/${from.key.split('/').map(encodeURIComponent).join('/')}`;
  try {
    await s3.send(
      new CopyObjectCommand({ Bucket: bucket, Key: toKey, CopySource: source, CopySourceIfMatch: from.etag }),
    );
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 412) throw error;
    throw new SftpRefusal('NO_SUCH_FILE', 'The file has just been replaced or removed.');
  }
}

/** Removes an object if it is still the version that is meant; another one under its name is left alone. */
export async function deleteVersion(
  { s3, bucket }: Store,
  { key, etag, modified }: { key: string; etag: string; modified: Date },
): Promise<void> {
  // Asked besides the condition: not every store keeps one on a delete, and a file sent again has the same ETag.
  const found = await findObject({ s3, bucket }, key);
  if (found?.etag !== etag || found.modified.getTime() !== modified.getTime()) return;
  try {
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  } catch (error) {
    const status = statusOf(error);
    if (status !== 412 && status !== 404) throw error;
  }
}

export async function deleteObject({ s3, bucket }: Store, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
