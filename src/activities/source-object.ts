import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface SourceObject {
  s3: S3Client;
  bucket: string;
  key: string;
}

export interface PinnedObject {
  etag: string;
  sizeBytes: number;
}

/** Size, ETag and time of an object, undefined when there is none. */
export async function headObject({
  s3,
  bucket,
  key,
}: SourceObject): Promise<(PinnedObject & { lastModified: Date }) | undefined> {
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
 * @param range first byte and the one after the last
 * @throws ObjectChanged when the object is no longer the one that was pinned
 */
export async function openObject(
  { s3, bucket, key }: SourceObject,
  etag: string,
  range?: { from: number; to: number },
): Promise<{ stream: AsyncIterable<Uint8Array>; bytes(): Promise<Uint8Array> }> {
  try {
    const { Body: body } = await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        IfMatch: etag,
        ...(range && { Range: `bytes=${range.from}-${range.to - 1}` }),
      }),
    );
    if (!body) throw new Error('S3 sent no body');
    return { stream: body as unknown as AsyncIterable<Uint8Array>, bytes: () => body.transformToByteArray() };
  } catch (error) {
    if (isStatus(error, 412) || isStatus(error, 404)) throw new ObjectChanged();
    throw error;
  }
}

export function isStatus(error: unknown, status: number): boolean {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode === status;
}
