import { PassThrough } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { writeRowsAsCsv } from '../db/queries/upload-rows';
import type { UploadWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import type { ActivityDeps } from './deps';

/** Where the results of one entity of an upload stand in the bucket. */
export function resultsKey({ workspaceId, bucketId, uploadId }: UploadWork, entity: string): string {
  return `results/${workspaceId}/${bucketId}/${uploadId}/${entity}.csv`;
}

/** Streams the outcome of every row to S3, a CSV file per entity; doing it again writes the same files. */
export async function writeResults(
  deps: ActivityDeps,
  work: UploadWork,
  definitions: readonly EntityDefinition[],
): Promise<void> {
  await Promise.all(definitions.map(({ name }) => writeEntityResults(deps, work, name)));
}

async function writeEntityResults({ db, s3, config }: ActivityDeps, work: UploadWork, entity: string): Promise<void> {
  const body = new PassThrough();
  const upload = new Upload({
    client: s3,
    params: {
      Bucket: config.aws.bucket,
      Key: resultsKey(work, entity),
      Body: body,
      ContentType: 'text/csv; charset=utf-8',
    },
  });
  await Promise.all([
    writeRowsAsCsv(db, { uploadSeq: work.uploadSeq, entity, onlyProblems: false }, body),
    upload.done(),
  ]);
}
