import type { UploadCounts, UploadFailure, UploadStatus } from '../../contracts/upload';
import type { Database } from '../client';

/** How a file is read: a sync file, the body of a batch import, or a file of patients. */
export type FileFormat = 'cc5' | 'json-batch' | 'patient-csv';

/** A place promised by POST /appfile/file/path (data-model B.5). */
export interface StoredFile {
  fileId: string;
  objectKey: string;
  fileName: string;
  actionId: string;
  description: string | null;
}

export interface NewFile {
  fileId: string;
  tenantId: number;
  objectKey: string;
  fileName: string;
  entityType: string | null;
  folder: string | null;
  category: string | null;
  tags: readonly string[];
  metadata: Readonly<Record<string, unknown>>;
  actionId: string;
  description: string | null;
  /** A sync file when it is left out. */
  format?: FileFormat;
}

/** Writes a file down; one that is there already is left as it is. */
export async function insertFile(db: Database, file: NewFile): Promise<void> {
  await db.raw(
    `INSERT INTO files (file_id, tenant_id, object_key, file_name, entity_type, folder, category, tags, metadata,
                        action_id, description, format)
     VALUES (:fileId, :tenantId, :objectKey, :fileName, :entityType, :folder, :category, :tags, :metadata,
             :actionId, :description, :format)
     ON CONFLICT (file_id) DO NOTHING`,
    { ...file, tags: [...file.tags], metadata: JSON.stringify(file.metadata), format: file.format ?? 'cc5' },
  );
}

export async function findFile(db: Database, tenantId: number, fileId: string): Promise<StoredFile | undefined> {
  const result = await db.raw<{ rows: StoredFile[] }>(
    `SELECT file_id AS "fileId", object_key AS "objectKey", file_name AS "fileName", action_id AS "actionId",
            description
       FROM files
      WHERE tenant_id = :tenantId AND file_id = :fileId`,
    { tenantId, fileId },
  );
  return result.rows[0];
}

/** Puts files into an upload, numbered from 1 in the order given. @returns how many of them the tenant has. */
export async function insertUploadFiles(
  db: Database,
  input: { uploadSeq: string; tenantId: number; fileIds: readonly string[] },
): Promise<number> {
  const result = await db.raw<{ rowCount: number }>(
    `INSERT INTO upload_files (upload_seq, file_no, file_id, tenant_id, object_key, format)
     SELECT :uploadSeq::bigint, wanted.file_no, files.file_id, files.tenant_id, files.object_key, files.format
       FROM unnest(:fileIds::uuid[]) WITH ORDINALITY AS wanted (file_id, file_no)
       JOIN files ON files.file_id = wanted.file_id AND files.tenant_id = :tenantId`,
    { ...input, fileIds: [...input.fileIds] },
  );
  return result.rowCount;
}

export interface UploadFile {
  fileNo: number;
  fileId: string;
  fileName: string;
  objectKey: string;
  format: FileFormat;
  etag: string | null;
  /** What fetch kept of rows 00 to 03. */
  header: unknown;
  entity: string | null;
  sizeBytes: number | null;
  rows: number | null;
}

export async function listUploadFiles(db: Database, uploadSeq: string): Promise<UploadFile[]> {
  const result = await db.raw<{ rows: UploadFile[] }>(
    `SELECT upload_files.file_no AS "fileNo", upload_files.file_id AS "fileId", files.file_name AS "fileName",
            upload_files.object_key AS "objectKey", upload_files.format, upload_files.etag, upload_files.header,
            upload_files.entity, upload_files.size_bytes::float8 AS "sizeBytes", upload_files.row_count AS rows
       FROM upload_files
       JOIN files USING (file_id)
      WHERE upload_files.upload_seq = :uploadSeq
      ORDER BY upload_files.file_no`,
    { uploadSeq },
  );
  return result.rows;
}

export interface FileUpload {
  uploadId: string;
  status: UploadStatus;
  entity: string | null;
  counts: UploadCounts | null;
  failure: UploadFailure | null;
}

/** The upload of the file with that id, or when none is named the newest. */
export async function findUploadOfFile(
  db: Database,
  query: { tenantId: number; fileId: string; uploadId?: string },
): Promise<FileUpload | undefined> {
  const result = await db.raw<{ rows: FileUpload[] }>(
    `SELECT uploads.upload_id AS "uploadId", uploads.status, upload_files.entity, uploads.counts, uploads.failure
       FROM upload_files
       JOIN uploads USING (upload_seq)
      WHERE upload_files.file_id = :fileId AND uploads.tenant_id = :tenantId
        AND (:uploadId::uuid IS NULL OR uploads.upload_id = :uploadId::uuid)
      ORDER BY upload_seq DESC
      LIMIT 1`,
    { ...query, uploadId: query.uploadId ?? null },
  );
  return result.rows[0];
}
