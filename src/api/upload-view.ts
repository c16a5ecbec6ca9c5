import { uploadSteps } from '../contracts/upload';
import { listUploadFiles } from '../db/queries/files';
import { countCommitPages, countPlannedChunks, countStagedChunks, type Upload } from '../db/queries/uploads';
import type { Database } from '../db/client';

export interface StepProgress {
  /** Units of work: chunks to validate, pages to commit. */
  done: number;
  total: number;
  /** Rows in those that are done. */
  rows: number;
}

export type EntityProgress = Record<'validate' | 'commit', StepProgress>;

/** An upload as lists show it. */
export function summarizeUpload(upload: Upload): object {
  return {
    uploadId: upload.uploadId,
    status: upload.status,
    step: upload.step,
    mode: upload.mode,
    atomicity: upload.atomicity,
    source: upload.source,
    actionId: upload.actionId,
    description: upload.description,
    counts: upload.counts ?? {},
    failure: describeFailure(upload),
    acceptedAt: upload.acceptedAt.toISOString(),
    finishedAt: upload.finishedAt?.toISOString() ?? null,
  };
}

export async function describeUpload(db: Database, upload: Upload): Promise<object> {
  const files = await listUploadFiles(db, upload.uploadSeq);
  return {
    ...summarizeUpload(upload),
    files: files.map(({ fileId, fileName, entity, sizeBytes, rows }) => ({
      fileId,
      fileName,
      entity,
      sizeBytes,
      rows,
    })),
    progress: await readProgress(db, upload),
  };
}

async function readProgress(db: Database, upload: Upload): Promise<Record<string, EntityProgress>> {
  const planned = await countPlannedChunks(db, upload.uploadSeq);
  const validated = isPastValidation(upload) ? planned : await countStagedChunks(db, upload.uploadSeq);
  const stagedBy = new Map(validated.map((staged) => [staged.entity, staged]));
  const committedBy = new Map((await countCommitPages(db, upload.uploadSeq)).map((pages) => [pages.entity, pages]));
  return Object.fromEntries(
    planned.map(({ entity, chunks }) => {
      const staged = stagedBy.get(entity);
      const { done, total, rows } = committedBy.get(entity) ?? { done: 0, total: 0, rows: 0 };
      return [
        entity,
        {
          validate: { done: staged?.chunks ?? 0, total: chunks, rows: staged?.rows ?? 0 },
          commit: { done, total, rows },
        },
      ];
    }),
  );
}

/** The staging tables that know how far validation is are dropped in the end, so later steps vouch for it. */
function isPastValidation(upload: Upload): boolean {
  return upload.status === 'completed' || uploadSteps.indexOf(upload.step) > uploadSteps.indexOf('validate');
}

function describeFailure({ failure }: Upload): object | null {
  if (!failure) return null;
  const { code, message, fileId, entity, line } = failure;
  return { code, message, fileId: fileId ?? null, entity: entity ?? null, line: line ?? null };
}
