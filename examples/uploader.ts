import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiError, createClient, type Call } from './client';
import { loadSettings } from './settings';

/*
 * Sends the sync files of a folder as one upload, so that their rows are linked with one another, waits, and prints what
 * became of them. Made to be run every night; the same files again on the same day are the same upload.
 *
 *   npm run example -- uploader [folder with .cc5txt files]
 */

interface Upload {
  uploadId: string;
  status: string;
  counts: Record<string, Record<string, number>>;
  failure: { code: string; message: string } | null;
}

interface Rows {
  rows: {
    entity: string;
    entityId: string | null;
    rowNo: number;
    outcome: string;
    problems: { code: string; field: string | null }[];
  }[];
  nextCursor: string | null;
}

/** @returns the upload when it has ended */
export async function uploadFolder(call: Call, folder: string): Promise<Upload> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.cc5txt'));
  if (names.length === 0) throw new Error(`No .cc5txt files in ${folder}`);
  const digest = createHash('sha256').update(new Date().toISOString().slice(0, 10));
  const files: { fileId: string }[] = [];
  for (const name of names) {
    const bytes = readFileSync(path.join(folder, name));
    digest.update(name).update(bytes);
    files.push({ fileId: await putFile(call, name, bytes) });
  }
  const key = `nightly-${digest.digest('hex').slice(0, 32)}`;
  const { uploadId } = await start(call, files, key);
  for (;;) {
    const upload = await call<Upload>('GET', `/v1/uploads/${uploadId}`);
    if (['completed', 'failed', 'cancelled'].includes(upload.status)) return upload;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function putFile(call: Call, name: string, bytes: Uint8Array): Promise<string> {
  const place = { FileName: name, Size: bytes.length };
  const { data } = await call<{ data: { fileId: string; url: string } }>('POST', '/appfile/file/path', place);
  const headers = { 'Content-Type': 'application/octet-stream' };
  const put = await fetch(data.url, { method: 'PUT', headers, body: bytes as never });
  if (!put.ok) throw new Error(`The store answered ${put.status} to ${name}`);
  return data.fileId;
}

/** What went in today already is not sent again: its upload is looked at instead. */
async function start(call: Call, files: { fileId: string }[], key: string): Promise<{ uploadId: string }> {
  try {
    return await call<Upload>('POST', '/v1/uploads', { files }, { 'Idempotency-Key': key });
  } catch (error) {
    const uploadId = error instanceof ApiError && error.code === 'IDEMPOTENCY_CONFLICT' && error.details.uploadId;
    if (!uploadId) throw error;
    return { uploadId };
  }
}

/** Prints counts, and every row that did not go in, with its codes. */
export async function runUploader(args: readonly string[]): Promise<void> {
  const call = createClient(loadSettings());
  const upload = await uploadFolder(call, args[0] ?? 'sample/carecloud/day1');
  console.log(`upload ${upload.uploadId} ${upload.status}`, upload.failure ?? '');
  console.table(upload.counts);
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ outcome: 'errored,parked', limit: '1000', ...(cursor && { cursor }) });
    const page: Rows = await call<Rows>('GET', `/v1/uploads/${upload.uploadId}/rows?${query}`);
    for (const { entity, entityId, rowNo, outcome, problems } of page.rows) {
      console.log(entity, rowNo, entityId, outcome, problems.map(({ code, field }) => `${code}:${field}`).join(' '));
    }
    cursor = page.nextCursor;
  }
  if (upload.status !== 'completed') process.exitCode = 1;
}
