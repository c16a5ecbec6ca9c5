import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

export interface Store {
  s3: S3Client;
  bucket: string;
}

export interface SourceObject extends Store {
  key: string;
}

export interface PinnedObject {
  etag: string;
  sizeBytes: number;
}

export interface StoredObject extends PinnedObject {
  lastModified: Date;
}

/** Size, ETag and time of an object, undefined when there is none. */
export async function headObject({ s3, bucket, key }: SourceObject): Promise<StoredObject | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    const { ETag: etag = '', ContentLength: sizeBytes = 0, LastModified: lastModified = new Date(0) } = head;
    return { etag, sizeBytes, lastModified };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The object, or a range of it, changed since it was pinned. */
export class ObjectChanged extends Error {}

/**
 * Bytes of the pinned object.
 * @param range first byte and the one after the last; to the end when that is left out
 * @throws ObjectChanged when the object is no longer the one that was pinned
 */
export async function openObject(
  { s3, bucket, key }: SourceObject,
  etag: string,
  range?: { from: number; to?: number },
): Promise<{ stream: Readable; bytes(): Promise<Uint8Array> }> {
  try {
    const { Body: body, ContentLength: sizeBytes } = await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        IfMatch: etag,
        ...(range && { Range: `bytes=${range.from}-${range.to === undefined ? '' : range.to - 1}` }),
      }),
    );
    if (!body) throw new Error('S3 sent no body');
    const stream = body as Readable;
    return {
      stream,
      bytes: () => (sizeBytes === undefined ? body.transformToByteArray() : readWhole(stream, sizeBytes)),
    };
  } catch (error) {
    if (isStatus(error, 412) || isStatus(error, 404)) throw new ObjectChanged();
    throw error;
  }
}

/** All bytes of a stream. They get their place at once: pieces that wait to be joined take it twice. */
async function readWhole(stream: Readable, sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes.set(piece, at);
    at += piece.length;
  }
  if (at !== sizeBytes) throw new Error(`S3 sent ${at} bytes of ${sizeBytes}`);
  return bytes;
}

export interface ListedObject extends StoredObject {
  key: string;
}

/**
 * A page of the objects below a prefix, in order of their keys, and where the next one begins.
 * @param below `here` leaves out what stands deeper
 */
export async function listPage(
  { s3, bucket }: Store,
  prefix: string,
  { below, token }: { below: 'everywhere' | 'here'; token: string | undefined },
): Promise<{ objects: ListedObject[]; next: string | undefined }> {
  const page = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: below === 'here' ? '/' : undefined,
      // Keys may hold characters that XML cannot carry, so they are asked for in encoded form.
      EncodingType: 'url',
      ContinuationToken: token,
    }),
  );
  const objects = (page.Contents ?? []).map(
    ({ Key: key = '', ETag: etag = '', Size: sizeBytes = 0, LastModified: lastModified = new Date(0) }) => {
      const plain = page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
      return { key: plain, etag, sizeBytes, lastModified };
    },
  );
  return { objects, next: page.NextContinuationToken };
}

/** Every object below a prefix. */
export async function listObjects(store: Store, prefix: string): Promise<ListedObject[]> {
  const listed: ListedObject[] = [];
  let token: string | undefined;
  do {
    const page = await listPage(store, prefix, { below: 'everywhere', token });
    listed.push(...page.objects);
    token = page.next;
  } while (token);
  return listed;
}

/** Whether a request failed with this status; a HEAD has no body to carry a code. */
export function isStatus(error: unknown, status: number): boolean {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode === status;
}
