import type {
  EntityCounts,
  UploadCounts,
  UploadFailure,
  UploadMode,
  UploadStatus,
  UploadStep,
  Atomicity,
} from '../../contracts/upload';
import type { Writer } from '../../domain/entities';
import type { Database } from '../client';
import type { PatientCsvHeader } from '../../domain/formats/patient-csv';
import type { FileFormat } from './files';

/** What the steps of an upload need to know of it. */
export interface UploadWork {
  uploadSeq: string;
  uploadId: string;
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  mode: UploadMode;
  atomicity: Atomicity;
  status: UploadStatus;
  counts: Record<string, EntityCounts> | null;
  settings: TenantSettings;
  /** Whose records it may bring. */
  writers: Writer[];
}

/** Settings of a tenant that steer an upload. */
export interface TenantSettings {
  /** Code to severity: a tenant may raise a warning to an error. */
  severities?: Record<string, 'error' | 'warning'>;
}

/** The upload with its tenant. Throws when there is none: an upload is never removed while its workflow runs. */
export async function getUploadWork(db: Database, uploadId: string): Promise<UploadWork> {
  const { rows } = await db.raw(
    `SELECT u.upload_seq AS "uploadSeq", u.upload_id AS "uploadId", u.tenant_id AS "tenantId",
            t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", u.mode, u.atomicity, u.status,
            u.counts, t.settings, u.writers
     FROM uploads u JOIN tenants t USING (tenant_id) WHERE u.upload_id = ?`,
    [uploadId],
  );
  if (!rows[0]) throw new Error(`No upload ${uploadId}`);
  return rows[0];
}

/**
 * Notes how far an upload is; a finished one is left alone. While its row is locked, by a plan or by its end, nothing is
 * noted: whoever waited for that would keep a connection for as long as it takes.
 */
export async function markStep(db: Database, uploadSeq: string, step: UploadStep): Promise<void> {
  await db.raw(
    `UPDATE uploads SET step = :step, status = 'running'
     WHERE upload_seq = (SELECT upload_seq FROM uploads
                         WHERE upload_seq = :uploadSeq AND status IN ('accepted', 'running')
                         FOR NO KEY UPDATE SKIP LOCKED)`,
    { uploadSeq, step },
  );
}

/** Notes that rows are being validated, once every file of the upload is fetched. */
export async function markValidating(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(
    `UPDATE uploads u SET step = 'validate'
     WHERE u.upload_seq = :uploadSeq AND u.status = 'running' AND u.step = 'fetch'
       AND NOT EXISTS (SELECT 1 FROM upload_files f WHERE f.upload_seq = u.upload_seq AND f.row_count IS NULL)`,
    { uploadSeq },
  );
}

export interface FileWork {
  fileNo: number;
  fileId: string;
  objectKey: string;
  format: FileFormat;
  etag: string | null;
  entity: string | null;
  header: FileHeader | null;
}

/** What a chunk has to know of its file, kept by fetch. */
export type FileHeader = { columns: { name: string; type: string }[] } | PatientCsvHeader;

export async function listFileWork(db: Database, uploadSeq: string): Promise<FileWork[]> {
  const { rows } = await db.raw(
    `SELECT file_no AS "fileNo", file_id AS "fileId", object_key AS "objectKey", format, etag, entity, header
     FROM upload_files WHERE upload_seq = ? ORDER BY file_no`,
    [uploadSeq],
  );
  return rows;
}

/** @throws Error when the upload has no such file. */
export async function getFileWork(db: Database, uploadSeq: string, fileNo: number): Promise<FileWork> {
  const file = (await listFileWork(db, uploadSeq)).find((candidate) => candidate.fileNo === fileNo);
  if (!file) throw new Error(`Upload ${uploadSeq} has no file ${fileNo}`);
  return file;
}

export interface ChunkPlan {
  byteFrom: number;
  byteTo: number;
  firstLine: number;
  rowCount: number;
}

export interface FetchedFile {
  uploadSeq: string;
  fileNo: number;
  etag: string;
  sizeBytes: number;
  sha256: Buffer;
  entity: string;
  header: FileHeader;
  chunks: readonly ChunkPlan[];
}

/** Pins a file and its chunks; running it again gives the same. */
export async function saveFetchedFile(db: Database, file: FetchedFile): Promise<void> {
  const { uploadSeq, fileNo, chunks } = file;
  await db.raw(
    `UPDATE upload_files SET etag = :etag, size_bytes = :sizeBytes, sha256 = :sha256, entity = :entity,
            header = :header, row_count = :rowCount
     WHERE upload_seq = :uploadSeq AND file_no = :fileNo`,
    {
      uploadSeq,
      fileNo,
      etag: file.etag,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      entity: file.entity,
      header: JSON.stringify(file.header),
      rowCount: chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0),
    },
  );
  await db.raw(`DELETE FROM upload_chunks WHERE upload_seq = ? AND file_no = ?`, [uploadSeq, fileNo]);
  await db.raw(
    `INSERT INTO upload_chunks (upload_seq, file_no, chunk_no, byte_from, byte_to, first_line, row_count)
     SELECT CAST(:uploadSeq AS bigint), CAST(:fileNo AS smallint), ordinality - 1, byte_from, byte_to, first_line, row_count
     FROM unnest(CAST(:byteFrom AS bigint[]), CAST(:byteTo AS bigint[]), CAST(:firstLine AS int[]), CAST(:rowCount AS int[]))
          WITH ORDINALITY AS c (byte_from, byte_to, first_line, row_count, ordinality)`,
    {
      uploadSeq,
      fileNo,
      byteFrom: chunks.map((chunk) => chunk.byteFrom),
      byteTo: chunks.map((chunk) => chunk.byteTo),
      firstLine: chunks.map((chunk) => chunk.firstLine),
      rowCount: chunks.map((chunk) => chunk.rowCount),
    },
  );
}

export interface ChunkWork extends FileWork, ChunkPlan {
  chunkNo: number;
}

/** The n-th chunk of an entity over all files of the upload, counted from 0. */
export async function getChunkWork(db: Database, uploadSeq: string, entity: string, index: number): Promise<ChunkWork> {
  const { rows } = await db.raw(
    `SELECT f.file_no AS "fileNo", f.file_id AS "fileId", f.object_key AS "objectKey", f.format, f.etag, f.entity, f.header,
            c.chunk_no AS "chunkNo", c.byte_from::float8 AS "byteFrom", c.byte_to::float8 AS "byteTo",
            c.first_line AS "firstLine", c.row_count AS "rowCount"
     FROM upload_files f JOIN upload_chunks c USING (upload_seq, file_no)
     WHERE f.upload_seq = ? AND f.entity = ?
     ORDER BY c.file_no, c.chunk_no
     OFFSET ? LIMIT 1`,
    [uploadSeq, entity, index],
  );
  if (!rows[0]) throw new Error(`Upload ${uploadSeq} has no chunk ${index} of ${entity}`);
  return rows[0];
}

/** Entities of an upload with the number of their chunks, once all files are fetched. */
export async function countChunks(db: Database, uploadSeq: string): Promise<{ entity: string; chunks: number }[]> {
  const { rows } = await db.raw(
    `SELECT f.entity, count(c.chunk_no)::int AS chunks
     FROM upload_files f LEFT JOIN upload_chunks c USING (upload_seq, file_no)
     WHERE f.upload_seq = ? AND f.entity IS NOT NULL GROUP BY f.entity ORDER BY f.entity`,
    [uploadSeq],
  );
  return rows;
}

/**
 * Closes an upload.
 * @returns false when it was closed before
 */
export async function closeUpload(
  db: Database,
  uploadSeq: string,
  end: { status: 'completed' | 'failed' | 'cancelled'; failure: UploadFailure | null; counts: UploadCounts | null },
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE uploads SET status = :status, failure = :failure, counts = coalesce(CAST(:counts AS jsonb), counts), finished_at = now()
     WHERE upload_seq = :uploadSeq AND status IN ('accepted', 'running')`,
    {
      uploadSeq,
      status: end.status,
      failure: end.failure && JSON.stringify(end.failure),
      counts: end.counts && JSON.stringify(end.counts),
    },
  );
  return rowCount > 0;
}

/** Takes back the plan of rows that were not committed, when an upload ends early. */
export async function dropUncommittedRows(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(
    `DELETE FROM upload_rows l USING commit_pages p
     WHERE p.upload_seq = :uploadSeq AND p.committed_at IS NULL
       AND l.upload_seq = p.upload_seq AND l.entity = p.entity AND l.file_no = p.file_no
       AND l.row_no BETWEEN p.from_row AND p.to_row AND l.outcome IN ('created', 'updated', 'disabled', 'deleted')`,
    { uploadSeq },
  );
}

/** Takes back the promise that rows wait, where an upload ended before they were kept. */
export async function dropUnkeptParked(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(
    `DELETE FROM upload_rows l
     WHERE l.upload_seq = :uploadSeq AND l.outcome = 'parked' AND l.file_no > 0
       AND NOT EXISTS (
         SELECT 1 FROM parked_rows p
         WHERE p.upload_seq = l.upload_seq AND p.entity = l.entity AND p.file_no = l.file_no AND p.row_no = l.row_no)`,
    { uploadSeq },
  );
}
