import type { Outcome, UploadFailure, UploadStatus } from '../../contracts/upload';
import type { ReportedProblem } from '../../domain/problems';
import type { Database } from '../client';
import type { Knex } from 'knex';

/** The import of one patient file: its object in Pending, its upload, and how far its results are. */
export interface PatientImport {
  fileId: string;
  key: string;
  etag: string;
  lastModified: Date;
  uploadId: string;
  uploadSeq: string;
  status: UploadStatus;
  failure: UploadFailure | null;
  /** Whether its rows were read: its chunks are known. */
  fetched: boolean;
  /** Where its results stand, once that is decided. */
  resultsKey: string | null;
  resultsWritten: boolean;
  cleared: boolean;
}

export async function findPatientImport(
  db: Database,
  tenantId: number,
  fileId: string,
): Promise<PatientImport | undefined> {
  const { rows } = await db.raw<{ rows: PatientImport[] }>(
    `SELECT o.file_id AS "fileId", o.inbox_key AS key, o.etag,
            o.last_modified AS "lastModified", u.upload_id AS "uploadId", u.upload_seq AS "uploadSeq",
            u.status, u.failure, f.row_count IS NOT NULL AS fetched, o.results_key AS "resultsKey",
            o.results_at IS NOT NULL AS "resultsWritten", o.cleared_at IS NOT NULL AS cleared
       FROM inbox_objects o
       JOIN uploads u USING (tenant_id, upload_id)
       JOIN upload_files f ON f.upload_seq = u.upload_seq AND f.file_id = o.file_id
      WHERE o.tenant_id = ? AND o.file_id = ? AND o.door = 'patients'`,
    [tenantId, fileId],
  );
  return rows[0];
}

/** Patient files that have an upload and still lie in Pending: those whose upload has ended, and the others. */
export async function listOpenImports(
  db: Database,
  tenantId: number,
): Promise<{ fileId: string; unfinished: boolean }[]> {
  const { rows } = await db.raw<{ rows: { fileId: string; unfinished: boolean }[] }>(
    `SELECT o.file_id AS "fileId", u.status IN ('accepted', 'running') AS unfinished
       FROM inbox_objects o JOIN uploads u USING (tenant_id, upload_id)
      WHERE o.tenant_id = ? AND o.door = 'patients' AND o.cleared_at IS NULL
      ORDER BY u.upload_seq LIMIT 1000`,
    [tenantId],
  );
  return rows;
}

/**
 * Decides where the results of a file are to stand; once decided it stays.
 * @returns false when another file's results stand there, or another attempt has decided otherwise
 */
export async function reserveResultsKey(db: Database, fileId: string, resultsKey: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `UPDATE inbox_objects SET results_key = :resultsKey
      WHERE file_id = :fileId AND (results_key IS NULL OR results_key = :resultsKey)
        AND NOT EXISTS (SELECT 1 FROM inbox_objects o WHERE o.results_key = :resultsKey AND o.file_id <> :fileId)`,
    { fileId, resultsKey },
  );
  return rowCount > 0;
}

/** @returns false when that was noted before. */
export async function markResultsWritten(db: Database, fileId: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `UPDATE inbox_objects SET results_at = now() WHERE file_id = ? AND results_at IS NULL`,
    [fileId],
  );
  return rowCount > 0;
}

/** What became of one row. */
export interface RowResult {
  rowNo: number;
  entityId: string | null;
  outcome: Outcome;
  problems: ReportedProblem[] | null;
}

/** What became of rows from one on, in order. */
export async function listRowResults(
  db: Database,
  range: { uploadSeq: string; entity: string; fileNo: number; fromRow: number; limit: number },
): Promise<RowResult[]> {
  const { rows } = await db.raw<{ rows: RowResult[] }>(
    `SELECT row_no AS "rowNo", entity_id AS "entityId", outcome, problems
       FROM upload_rows
      WHERE upload_seq = :uploadSeq AND entity = :entity AND file_no = :fileNo AND row_no >= :fromRow
      ORDER BY row_no LIMIT :limit`,
    range,
  );
  return rows;
}

/** For records that stand in an upload more than once: what became of the row that stands for all of theirs. */
export async function outcomesOfRepeated(
  db: Knex,
  upload: { uploadSeq: string; entity: string },
): Promise<Map<string, Outcome>> {
  return db.transaction(async (trx) => {
    // The planner may know nothing yet of this upload's rows, and would look for each in all of them.
    await trx.raw(`SET LOCAL enable_nestloop = off`);
    const { rows } = await trx.raw<{ rows: { entityId: string; outcome: Outcome }[] }>(
      `SELECT entity_id AS "entityId", outcome FROM upload_rows
        WHERE upload_seq = :uploadSeq AND entity = :entity AND file_no > 0 AND outcome <> 'superseded'
          AND entity_id IN (SELECT entity_id FROM upload_rows
                             WHERE upload_seq = :uploadSeq AND entity = :entity AND outcome = 'superseded')`,
      upload,
    );
    return new Map(rows.map(({ entityId, outcome }) => [entityId, outcome]));
  });
}
