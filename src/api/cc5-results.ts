import { PassThrough, Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Knex } from 'knex';
import type { UploadFile } from '../db/queries/files';
import { writeProblemRowNumbers } from '../db/queries/upload-rows';
import { Refusal } from '../doors/refusal';
import type { Store } from '../platform/read-objects';
import { keepListed, mergeCc5, readLines, type Cc5Part } from './cc5-lines';
import { objectExists } from './file-store';

export interface Cc5Results {
  uploadSeq: string;
  entity: string;
  files: readonly UploadFile[];
  onlyProblems: boolean;
}

/**
 * The rows of one entity as a sync file that can be mended and uploaded again, read once more from the objects that
 * were uploaded.
 * @throws Refusal before anything is written, when an object is gone or the files' columns differ.
 */
export async function openCc5Results(deps: Store & { db: Knex }, results: Cc5Results): Promise<Readable> {
  for (const file of results.files) await requireUnchanged(deps, file);
  const layouts = new Set(results.files.map((file) => JSON.stringify(file.header)));
  if (layouts.size > 1) {
    throw new Refusal('INVALID_REQUEST', 'The files of this entity have different columns: choose one with fileId.', {
      field: 'fileId',
      details: { fileIds: results.files.map((file) => file.fileId) },
    });
  }
  return Readable.from(mergeCc5(openParts(deps, results)), { objectMode: false });
}

async function* openParts(deps: Store & { db: Knex }, results: Cc5Results): AsyncGenerator<Cc5Part> {
  for (const file of results.files) {
    const { uploadSeq, entity, onlyProblems } = results;
    const keeps = onlyProblems ? keepListed(readRowNumbers(deps.db, { uploadSeq, entity, fileNo: file.fileNo })) : null;
    yield { source: await openObject(deps, file), keeps };
  }
}

async function* readRowNumbers(
  db: Knex,
  file: { uploadSeq: string; entity: string; fileNo: number },
): AsyncGenerator<number> {
  const output = new PassThrough();
  // A failed copy destroys its output, so the reader below hears of it.
  writeProblemRowNumbers(db, file, output).catch((error: Error) => output.destroy(error));
  for await (const lines of readLines(output)) {
    for (const line of lines) yield Number(line.toString('latin1'));
  }
}

async function openObject(store: Store, file: UploadFile): Promise<Readable> {
  const { Body } = await store.s3.send(
    new GetObjectCommand({ Bucket: store.bucket, Key: file.objectKey, IfMatch: file.etag ?? undefined }),
  );
  return Body as Readable;
}

/** An object that was written over since is not what the results are about. */
async function requireUnchanged(store: Store, file: UploadFile): Promise<void> {
  if (await objectExists(store, file.objectKey, file.etag ?? undefined)) return;
  throw new Refusal(
    'FILE_NOT_FOUND',
    'The uploaded file is gone or was written over; csv and ndjson results are there.',
    {
      details: { fileId: file.fileId },
    },
  );
}
