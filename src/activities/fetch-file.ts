import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FetchFileInput, FetchFileResult } from '../contracts/activities';
import { openStaging } from '../db/queries/staging';
import {
  getFileWork,
  getUploadWork,
  markValidating,
  saveFetchedFile,
  type FileHeader,
  type FileWork,
  type UploadWork,
} from '../db/queries/upload-work';
import { fileProblem, type FileProblem } from '../domain/codes';
import { patient } from '../domain/entities/patient';
import type { FileFormat } from '../db/queries/files';
import { writerOf } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import { checkCc5Header, createCc5Scanner, type Cc5Chunk } from '../domain/formats/cc5';
import { checkBatch, countBatchRows, maxBatchBytes, parseBatch } from '../domain/formats/json-batch';
import { createPatientCsvScanner } from '../domain/formats/patient-csv';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { scanObject } from './scan-object';
import { headObject, openObject, type PinnedObject, type SourceObject } from '../platform/read-objects';

/** A longer line is no row of ours, and would have to be held in memory whole. */
const maxLineBytes = 4 * 1024 * 1024;

/** Cells of a patient file's chunk are held as texts of their own, each time it is read: ten times its size. */
const mostPatientChunkBytes = 2 * 1024 * 1024;

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
      const scanned = await scanFile(deps, work, file, cancelled);
      if ('problem' in scanned) return { failure: { ...scanned.problem, fileId: file.fileId } };

      const { definition, plan } = scanned;
      if (!work.writers.includes(writerOf(definition))) {
        return { failure: { ...fileProblem('FILE_ENTITY_FORBIDDEN'), fileId: file.fileId } };
      }
      const { uploadSeq } = work;
      await openStaging(deps.db, uploadSeq, definition);
      const { header, chunks } = plan;
      const fetched = { ...scanned, uploadSeq, fileNo, entity: definition.name, header, chunks };
      await deps.db.transaction((trx) => saveFetchedFile(trx, fetched));
      await markValidating(deps.db, uploadSeq);
      return { entity: definition.name, chunks: chunks.length, rows: plan.rowCount };
    });

interface FilePlan {
  /** What the chunks have to know. */
  header: FileHeader;
  chunks: readonly Cc5Chunk[];
  rowCount: number;
}

interface ReadFile {
  plan: FilePlan;
  sha256: Buffer;
  definition: EntityDefinition;
}

type FileTenant = Pick<UploadWork, 'workspaceId' | 'bucketId'>;
type OrProblem<Value> = { problem: FileProblem } | Value;

/** Reads a file once: what is wrong with it as a whole, or its plan and what it was pinned as. A sync file by default. */
export async function scanFile(
  deps: Pick<ActivityDeps, 's3' | 'config'>,
  tenant: FileTenant,
  file: Pick<FileWork, 'objectKey'> & Partial<Pick<FileWork, 'format'>>,
  cancelled: AbortSignal,
): Promise<OrProblem<ReadFile & PinnedObject>> {
  const { s3, config } = deps;
  const source = { s3, bucket: config.aws.bucket, key: file.objectKey };
  const head = await headObject(source);
  if (!head) return { problem: fileProblem('FILE_NOT_FOUND') };
  const maxBytes = file.format === 'json-batch' ? maxBatchBytes : config.limits.maxFileBytes;
  if (head.sizeBytes > maxBytes) return { problem: fileProblem('FILE_TOO_LARGE') };
  const pinned = { ...source, etag: head.etag };
  const read = await readFile(pinned, tenant, file.format ?? 'cc5', config.limits.chunkBytes, cancelled);
  return 'problem' in read ? read : { ...head, ...read };
}

async function readFile(
  source: SourceObject & { etag: string },
  tenant: FileTenant,
  format: FileFormat,
  chunkBytes: number,
  cancelled: AbortSignal,
): Promise<OrProblem<ReadFile>> {
  switch (format) {
    case 'json-batch':
      return readBatchFile(source, tenant);
    case 'patient-csv': {
      const scanner = createPatientCsvScanner({ chunkBytes: Math.min(chunkBytes, mostPatientChunkBytes), isUtf8 });
      const scanned = await scanObject(source, scanner, cancelled);
      return 'problem' in scanned ? scanned : { ...scanned, definition: patient };
    }
    case 'cc5':
      return scanCc5(source, tenant, chunkBytes, cancelled);
  }
}

/** A batch is small: it is read whole, and is one chunk. */
async function readBatchFile(
  source: SourceObject & { etag: string },
  tenant: FileTenant,
): Promise<OrProblem<ReadFile>> {
  const object = await openObject(source, source.etag);
  const bytes = await object.bytes();
  const parsed = parseBatch(bytes);
  if (!parsed.ok) return { problem: parsed.problem };
  const checked = checkBatch(parsed.batch, tenant);
  if (!checked.ok) return { problem: checked.problem };
  const rowCount = countBatchRows(parsed.batch);
  const chunks = rowCount > 0 ? [{ byteFrom: 0, byteTo: bytes.length, firstLine: 1, rowCount }] : [];
  const sha256 = createHash('sha256').update(bytes).digest();
  return { plan: { header: { columns: [] }, chunks, rowCount }, sha256, definition: checked.definition };
}

async function scanCc5(
  source: SourceObject & { etag: string },
  tenant: FileTenant,
  chunkBytes: number,
  cancelled: AbortSignal,
): Promise<OrProblem<ReadFile>> {
  const scanned = await scanObject(source, createCc5Scanner({ chunkBytes, maxLineBytes, isUtf8 }), cancelled);
  if ('problem' in scanned) return scanned;
  const checked = checkCc5Header(scanned.plan.header, tenant);
  if (!checked.ok) return { problem: checked.problem };
  const { header, chunks, rowCount } = scanned.plan;
  const plan = { header: { columns: [...header.columns] }, chunks, rowCount };
  return { plan, sha256: scanned.sha256, definition: checked.definition };
}
