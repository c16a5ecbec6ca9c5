import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep } from '../stack/wait';
import { sampleDir, type DayName } from './expected-day';
import type { PortalClient, UploadRow, UploadView } from './portal-client';

export interface DayResult {
  uploadId: string;
  rows: UploadRow[];
  seconds: number;
}

const timeLimitMs = 10 * 60_000;

/** Sends the six files of a day as one upload and waits for its end. */
export async function uploadDay(portal: PortalClient, day: DayName, entities: readonly string[]): Promise<DayResult> {
  const started = Date.now();
  const fileIds: string[] = [];
  for (const entity of entities) {
    const name = `${entity}.cc5txt`;
    const bytes = await readFile(path.join(sampleDir, day, name));
    const { fileId } = await portal.sendFile({ entity, name, bytes });
    fileIds.push(fileId);
  }
  const { uploadId } = await portal.startUpload(fileIds, `Sample ${day}`);
  console.log(`  upload ${uploadId}: ${fileIds.length} files sent in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  const upload = await follow(portal, uploadId);
  if (upload.status !== 'completed') {
    throw new Error(`Upload ${uploadId} ${upload.status}: ${JSON.stringify(upload.failure)}`);
  }
  const seconds = (Date.now() - started) / 1000;
  const rows: UploadRow[] = [];
  for await (const row of portal.listRows(uploadId)) rows.push(row);
  return { uploadId, rows, seconds };
}

async function follow(portal: PortalClient, uploadId: string): Promise<UploadView> {
  const deadline = Date.now() + timeLimitMs;
  let shown = '';
  for (;;) {
    const upload = await portal.getUpload(uploadId);
    const line = describeProgress(upload);
    if (line !== shown) console.log(`  ${line}`);
    shown = line;
    if (['completed', 'failed', 'cancelled'].includes(upload.status)) return upload;
    if (Date.now() > deadline) throw new Error(`Upload ${uploadId} is not done after ${timeLimitMs / 60_000} minutes`);
    await sleep(250);
  }
}

function describeProgress({ status, step, progress }: UploadView): string {
  if (status !== 'running') return status;
  const phase = step === 'commit' ? 'commit' : 'validate';
  const parts = Object.values(progress).map((entity) => entity[phase]);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return `${step.padEnd(9)} ${rows} rows ${phase === 'commit' ? 'committed' : 'validated'}`;
}
