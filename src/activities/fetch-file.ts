import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FetchFileInput, FetchFileResult } from '../contracts/activities';
import { openStaging } from '../db/queries/staging';
import { getFileWork, getUploadWork, saveFetchedFile, type FileWork, type UploadWork } from '../db/queries/upload-work';
import { fileProblem, type FileProblem } from '../domain/codes';
import type { EntityDefinition } from '../domain/entities/definition';
import { checkCc5Header, createCc5Scanner, type Cc5Plan } from '../domain/formats/cc5';
import type { ActivityDeps } from './deps';
import { stopIfCancelled, whileHeartbeating } from './heartbeat';
import { headObject, openObject } from './source-object';

/** A longer line is no row of ours, and would have to be held in memory whole. */
const maxLineBytes = 4 * 1024 * 1024;

/**
 * Pins a file and plans its chunks, in one pass over its bytes. What makes the file useless as a whole (no header, wrong
 * tenant, a count that does not fit, not UTF-8) is found here, before anything is staged.
 */
export const createFetchFile =
  (deps: ActivityDeps) =>
  async ({ uploadId, fileNo }: FetchFileInput): Promise<FetchFileResult> =>
    whileHeartbeating(async (cancelled) => {
      const work = await getUploadWork(deps.db, uploadId);
      const file = await getFileWork(deps.db, work.uploadSeq, fileNo);
      const scanned = await scan(deps, work, file, cancelled);
      if ('problem' in scanned) return { failure: { ...scanned.problem, fileId: file.fileId } };

      const { definition, plan } = scanned;
      const { uploadSeq } = work;
      await openStaging(deps.db, uploadSeq, definition);
      const header = { columns: [...plan.header.columns] };
      const fetched = { ...scanned, uploadSeq, fileNo, entity: definition.name, header, chunks: plan.chunks };
      await deps.db.transaction((trx) => saveFetchedFile(trx, fetched));
      return { entity: definition.name, chunks: plan.chunks.length, rows: plan.rowCount };
    });

type Scanned =
  | { problem: FileProblem }
  | { plan: Cc5Plan; etag: string; sizeBytes: number; sha256: Buffer; definition: EntityDefinition };

async function scan(deps: ActivityDeps, work: UploadWork, file: FileWork, cancelled: AbortSignal): Promise<Scanned> {
  const { s3, config } = deps;
  const source = { s3, bucket: config.aws.bucket, key: file.objectKey };
  const head = await headObject(source);
  if (!head) return { problem: fileProblem('FILE_NOT_FOUND') };
  if (head.sizeBytes > config.limits.maxFileBytes) return { problem: fileProblem('FILE_TOO_LARGE') };

  const digest = createHash('sha256');
  const scanner = createCc5Scanner({ chunkBytes: config.limits.chunkBytes, maxLineBytes, isUtf8 });
  // An object that is replaced between the two calls fails the attempt; the next one pins what is there then.
  const { stream } = await openObject(source, head.etag);
  for await (const bytes of stream) {
    await stopIfCancelled(cancelled);
    const problem = scanner.push(bytes);
    if (problem) return { problem };
    digest.update(bytes);
  }
  const scanned = scanner.end();
  if (!scanned.ok) return { problem: scanned.problem };
  const checked = checkCc5Header(scanned.plan.header, work);
  if (!checked.ok) return { problem: checked.problem };
  return { ...head, sha256: digest.digest(), plan: scanned.plan, definition: checked.definition };
}
