import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sampleDir, type DayName } from './expected-day';
import type { RowView, UploadClient, UploadView } from './upload-client';

export interface DayResult {
  uploadId: string;
  rows: RowView[];
  seconds: number;
}

const timeLimitMs = 10 * 60_000;

/** Sends the six files of a day as one upload and waits for its end. */
export async function uploadDay(client: UploadClient, day: DayName, entities: readonly string[]): Promise<DayResult> {
  const started = Date.now();
  const fileIds: string[] = [];
  for (const entity of entities) {
    const name = `${entity}.cc5txt`;
    const bytes = await readFile(path.join(sampleDir, day, name));
    fileIds.push(await client.putFile(name, bytes, entity));
  }
  // With the key, sending this request again is the same upload, not a second one.
  const uploadId = await client.start(fileIds, { description: `Sample ${day}`, idempotencyKey: randomUUID() });
  console.log(`  upload ${uploadId}: ${fileIds.length} files sent in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  const upload = await follow(client, uploadId);
  if (upload.status !== 'completed') {
    throw new Error(`Upload ${uploadId} ${upload.status}: ${JSON.stringify(upload.failure)}`);
  }
  const seconds = (Date.now() - started) / 1000;
  return { uploadId, rows: await client.rows(uploadId), seconds };
}

/** Waits for the end, and shows each change on the way. */
async function follow(client: UploadClient, uploadId: string): Promise<UploadView> {
  let shown = '';
  const isOver = (upload: UploadView): boolean => {
    const line = describeProgress(upload);
    if (line !== shown) console.log(`  ${line}`);
    shown = line;
    return ['completed', 'failed', 'cancelled'].includes(upload.status);
  };
  return client.until(uploadId, isOver, timeLimitMs);
}

function describeProgress({ status, step, progress }: UploadView): string {
  if (status !== 'running') return status;
  const phase = step === 'commit' ? 'commit' : 'validate';
  const parts = Object.values(progress).map((entity) => entity[phase]);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return `${step.padEnd(9)} ${rows} rows ${phase === 'commit' ? 'committed' : 'validated'}`;
}
