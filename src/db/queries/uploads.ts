import type {
  Atomicity,
  UploadCounts,
  UploadFailure,
  UploadMode,
  UploadStatus,
  UploadStep,
} from '../../contracts/upload';
import type { Writer } from '../../domain/entities';
import type { Database } from '../client';
import { chunksTable } from './staging';

export interface NewUpload {
  uploadId: string;
  tenantId: number;
  source: string;
  mode: UploadMode;
  atomicity: Atomicity;
  idempotencyKey: string | null;
  requestHash: Buffer;
  actionId: string | null;
  description: string | null;
  /** Whose records it may bring; the agency's own unless said. */
  writers?: readonly Writer[];
}

/** Sequence numbers are 64 bits wide, so they travel as text. */
export interface Upload {
  uploadSeq: string;
  uploadId: string;
  status: UploadStatus;
  step: UploadStep;
  mode: UploadMode;
  atomicity: Atomicity;
  source: string;
  actionId: string | null;
  description: string | null;
  counts: UploadCounts | null;
  failure: UploadFailure | null;
  acceptedAt: Date;
  finishedAt: Date | null;
}

const uploadColumns = `upload_seq::text AS "uploadSeq", upload_id AS "uploadId", status, step, mode, atomicity, source,
  action_id AS "actionId", description, counts, failure, accepted_at AS "acceptedAt", finished_at AS "finishedAt"`;

/**
 * @returns the sequence number; undefined when the tenant has an upload with that idempotency key. It waits for a
 * transaction that is inserting the same key, so two racing requests cannot both make one.
 */
export async function insertUpload(db: Database, upload: NewUpload): Promise<string | undefined> {
  const result = await db.raw<{ rows: { uploadSeq: string }[] }>(
    `INSERT INTO uploads (upload_id, tenant_id, source, mode, atomicity, idempotency_key, request_hash, action_id,
                          description, writers)
     VALUES (:uploadId, :tenantId, :source, :mode, :atomicity, :idempotencyKey, :requestHash, :actionId, :description,
             :writers)
     ON CONFLICT (tenant_id, idempotency_key) DO NOTHING
     RETURNING upload_seq::text AS "uploadSeq"`,
    { ...upload, writers: [...(upload.writers ?? ['agency'])] },
  );
  return result.rows[0]?.uploadSeq;
}

export interface KeyedUpload {
  uploadId: string;
  requestHash: Buffer;
  status: UploadStatus;
}

export async function findUploadByIdempotencyKey(
  db: Database,
  tenantId: number,
  idempotencyKey: string,
): Promise<KeyedUpload | undefined> {
  const result = await db.raw<{ rows: KeyedUpload[] }>(
    `SELECT upload_id AS "uploadId", request_hash AS "requestHash", status
       FROM uploads
      WHERE tenant_id = :tenantId AND idempotency_key = :idempotencyKey`,
    { tenantId, idempotencyKey },
  );
  return result.rows[0];
}

export async function findUpload(db: Database, tenantId: number, uploadId: string): Promise<Upload | undefined> {
  const result = await db.raw<{ rows: Upload[] }>(
    `SELECT ${uploadColumns} FROM uploads WHERE tenant_id = :tenantId AND upload_id = :uploadId`,
    { tenantId, uploadId },
  );
  return result.rows[0];
}

/** Newest first, those before `beforeSeq`. */
export async function listUploads(
  db: Database,
  query: { tenantId: number; statuses: readonly UploadStatus[]; beforeSeq: string | null; limit: number },
): Promise<Upload[]> {
  const result = await db.raw<{ rows: Upload[] }>(
    `SELECT ${uploadColumns}
       FROM uploads
      WHERE tenant_id = :tenantId
        AND status = ANY(:statuses::text[])
        AND (:beforeSeq::bigint IS NULL OR upload_seq < :beforeSeq::bigint)
      ORDER BY upload_seq DESC
      LIMIT :limit`,
    { ...query, statuses: [...query.statuses] },
  );
  return result.rows;
}

/** Uploads that were accepted that long ago and still are: their workflow may never have been started. */
export async function listUploadsStillAccepted(db: Database, olderThanSeconds: number): Promise<string[]> {
  const result = await db.raw<{ rows: { uploadId: string }[] }>(
    `SELECT upload_id AS "uploadId"
       FROM uploads
      WHERE status = 'accepted' AND accepted_at < clock_timestamp() - make_interval(secs => :olderThanSeconds)
      ORDER BY upload_seq
      LIMIT 1000`,
    { olderThanSeconds },
  );
  return result.rows.map((row) => row.uploadId);
}

export async function countUploadsByStatus(db: Database): Promise<{ status: UploadStatus; uploads: number }[]> {
  const result = await db.raw<{ rows: { status: UploadStatus; uploads: number }[] }>(
    `SELECT status, count(*)::int AS uploads FROM uploads GROUP BY status`,
  );
  return result.rows;
}

export interface WorkProgress {
  entity: string;
  done: number;
  total: number;
  rows: number;
}

/** Planned chunks and rows by entity. */
export async function countPlannedChunks(
  db: Database,
  uploadSeq: string,
): Promise<{ entity: string; chunks: number; rows: number }[]> {
  const result = await db.raw<{ rows: { entity: string; chunks: number; rows: number }[] }>(
    `SELECT upload_files.entity, count(*)::int AS chunks, sum(upload_chunks.row_count)::int AS rows
       FROM upload_chunks
       JOIN upload_files USING (upload_seq, file_no)
      WHERE upload_seq = :uploadSeq AND upload_files.entity IS NOT NULL
      GROUP BY upload_files.entity`,
    { uploadSeq },
  );
  return result.rows;
}

const undefinedTable = '42P01';

/** Chunks staged so far, by entity; nothing when the staging tables are not there (not yet, or no more). */
export async function countStagedChunks(
  db: Database,
  uploadSeq: string,
): Promise<{ entity: string; chunks: number; rows: number }[]> {
  const table = chunksTable(uploadSeq);
  const found = await db.raw<{ rows: { found: boolean }[] }>('SELECT to_regclass(:table) IS NOT NULL AS found', {
    table,
  });
  if (!found.rows[0]?.found) return [];
  try {
    const result = await db.raw<{ rows: { entity: string; chunks: number; rows: number }[] }>(
      `SELECT entity, count(*)::int AS chunks, sum(row_count)::int AS rows FROM ${table} GROUP BY entity`,
    );
    return result.rows;
  } catch (error) {
    // The upload ended between the two statements.
    if ((error as { code?: string }).code === undefinedTable) return [];
    throw error;
  }
}

export async function countCommitPages(db: Database, uploadSeq: string): Promise<WorkProgress[]> {
  const result = await db.raw<{ rows: WorkProgress[] }>(
    `SELECT entity, count(committed_at)::int AS done, count(*)::int AS total,
            coalesce(sum(row_count) FILTER (WHERE committed_at IS NOT NULL), 0)::int AS rows
       FROM commit_pages
      WHERE upload_seq = :uploadSeq
      GROUP BY entity`,
    { uploadSeq },
  );
  return result.rows;
}
