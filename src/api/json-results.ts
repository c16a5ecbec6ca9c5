import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Knex } from 'knex';
import type { UploadFile } from '../db/queries/files';
import { writeProblemRowNumbers } from '../db/queries/upload-rows';
import { batchOfRows, parseBatch } from '../domain/formats/json-batch';
import { Refusal } from '../doors/refusal';
import type { Store } from '../platform/read-objects';
import { readLines } from './cc5-lines';
import { objectExists } from './file-store';

export interface JsonResults {
  uploadSeq: string;
  entity: string;
  /** The upload's one file. */
  file: UploadFile;
  onlyProblems: boolean;
}

/**
 * The rows of a JSON batch as a batch that can be mended and sent again, read once more from the object that was stored.
 * @throws Refusal FILE_NOT_FOUND when the object is gone or was written over.
 */
export async function readJsonResults(deps: Store & { db: Knex }, results: JsonResults): Promise<string> {
  const { file, onlyProblems } = results;
  if (!(await objectExists(deps, file.objectKey, file.etag ?? undefined))) {
    throw new Refusal('FILE_NOT_FOUND', 'The batch is gone or was written over; csv and ndjson results are there.', {
      details: { fileId: file.fileId },
    });
  }
  const { Body } = await deps.s3.send(
    new GetObjectCommand({ Bucket: deps.bucket, Key: file.objectKey, IfMatch: file.etag ?? undefined }),
  );
  const parsed = parseBatch((await Body?.transformToByteArray()) ?? new Uint8Array());
  if (!parsed.ok) throw new Error('A batch that was read before cannot be read any more');
  const problems = onlyProblems ? await readProblems(deps.db, results) : null;
  return JSON.stringify(batchOfRows(parsed.batch, (rowNo) => problems?.has(rowNo) ?? true, randomUUID()));
}

async function readProblems(db: Knex, { uploadSeq, entity, file }: JsonResults): Promise<Set<number>> {
  const output = new PassThrough();
  const [numbers] = await Promise.all([
    readNumbers(output),
    writeProblemRowNumbers(db, { uploadSeq, entity, fileNo: file.fileNo }, output),
  ]);
  return numbers;
}

async function readNumbers(output: PassThrough): Promise<Set<number>> {
  const numbers = new Set<number>();
  for await (const lines of readLines(output)) {
    for (const line of lines) numbers.add(Number(line.toString('latin1')));
  }
  return numbers;
}
