import { PassThrough, Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Knex } from 'knex';
import type { UploadFile } from '../db/queries/files';
import { writeProblemRowNumbers } from '../db/queries/upload-rows';
import { Refusal } from '../doors/refusal';
import { keepListed, kindOfLine, mergeCc5, readLines, type Cc5Part } from './cc5-lines';
import type { FileStore } from './file-store';

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
export async function openCc5Results(deps: FileStore & { db: Knex }, results: Cc5Results): Promise<Readable> {
  const layouts = new Set<string>();
  for (const file of results.files) layouts.add(await readLayout(deps, file));
  if (layouts.size > 1) {
    throw new Refusal('INVALID_REQUEST', 'The files of this entity have different columns: choose one with fileId.', {
      field: 'fileId',
      details: { fileIds: results.files.map((file) => file.fileId) },
    });
  }
  return Readable.from(mergeCc5(openParts(deps, results)), { objectMode: false });
}

async function* openParts(deps: FileStore & { db: Knex }, results: Cc5Results): AsyncGenerator<Cc5Part> {
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

/** The keys and columns (rows 02 and 03) of a file. */
async function readLayout(store: FileStore, file: UploadFile): Promise<string> {
  const source = await openObject(store, file);
  const layout: string[] = [];
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      if (kindOfLine(line, true) !== 'header') return layout.join('\n');
      const text = line.toString('utf8');
      if (text.startsWith('02|') || text.startsWith('03|')) layout.push(text);
    }
  }
  return layout.join('\n');
}

/** Only the bytes that were processed: an object that was written over since is not what the results are about. */
async function openObject(store: FileStore, file: UploadFile): Promise<Readable> {
  try {
    const { Body } = await store.s3.send(
      new GetObjectCommand({ Bucket: store.bucket, Key: file.objectKey, IfMatch: file.etag ?? undefined }),
    );
    return Body as Readable;
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status !== 404 && status !== 412) throw error;
    throw new Refusal(
      'FILE_NOT_FOUND',
      'The uploaded file is gone or was written over; csv and ndjson results are there.',
      {
        details: { fileId: file.fileId },
      },
    );
  }
}
