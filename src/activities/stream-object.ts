import { Readable } from 'node:stream';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { isStatus, type SourceObject } from '../platform/read-objects';

/** Name of the mark on an object that says of which file it tells. */
const fileMark = 'careway-file-id';

/** Streams text to an object in flat memory; it is there whole or not at all. */
export async function streamObject(
  { s3, bucket, key }: SourceObject,
  fileId: string,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const upload = new Upload({
    client: s3,
    params: {
      Bucket: bucket,
      Key: key,
      Body: Readable.from(pieces, { objectMode: false }),
      ContentType: 'text/csv; charset=utf-8',
      Metadata: { [fileMark]: fileId },
    },
  });
  await upload.done();
}

/** The file that an object tells of; '' when it bears no such mark, undefined when there is no object. */
export async function belongsToFile({ s3, bucket, key }: SourceObject): Promise<string | undefined> {
  try {
    const { Metadata: marks } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return marks?.[fileMark] ?? '';
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
