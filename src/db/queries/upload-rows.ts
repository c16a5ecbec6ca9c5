import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Outcome } from '../../contracts/upload';
import type { ReportedProblem } from '../../domain/problems';
import type { Database } from '../client';

/** Place of a row in its upload: the order in which rows are listed. */
export type RowPosition = readonly [entity: string, fileNo: number, rowNo: number];

export interface RowQuery {
  uploadSeq: string;
  outcomes: readonly Outcome[];
  entity: string | null;
  code: string | null;
  after: RowPosition | null;
  limit: number;
}

export interface UploadRow {
  entity: string;
  fileNo: number;
  fileId: string;
  rowNo: number;
  entityId: string | null;
  outcome: Outcome;
  problems: ReportedProblem[] | null;
  /** What became of a parked row later; null while it waits, and for every other row. */
  settledState: string | null;
  settledOutcome: Outcome | null;
  settledByUploadId: string | null;
  settledAt: Date | null;
}

/** Rows of an upload's own files (not those it released from parking), in key order from `after` on. */
export async function listUploadRows(db: Database, query: RowQuery): Promise<UploadRow[]> {
  const [afterEntity, afterFileNo, afterRowNo] = query.after ?? ['', 0, 0];
  const result = await db.raw<{ rows: UploadRow[] }>(
    `SELECT rows.entity, rows.file_no AS "fileNo", upload_files.file_id AS "fileId", rows.row_no AS "rowNo",
            rows.entity_id AS "entityId", rows.outcome, rows.problems,
            parked.state AS "settledState", parked.outcome AS "settledOutcome",
            settlers.upload_id AS "settledByUploadId", parked.settled_at AS "settledAt"
       FROM upload_rows AS rows
       JOIN upload_files ON upload_files.upload_seq = rows.upload_seq AND upload_files.file_no = rows.file_no
       LEFT JOIN parked_rows AS parked
         ON parked.upload_seq = rows.upload_seq AND parked.entity = rows.entity AND parked.file_no = rows.file_no
            AND parked.row_no = rows.row_no AND parked.state <> 'waiting'
       LEFT JOIN uploads AS settlers ON settlers.upload_seq = parked.settled_by
      WHERE rows.upload_seq = :uploadSeq AND rows.file_no > 0
        AND (rows.entity, rows.file_no, rows.row_no) > (:afterEntity, :afterFileNo::smallint, :afterRowNo::int)
        AND (:entity::text IS NULL OR rows.entity = :entity::text)
        AND rows.outcome = ANY(:outcomes::text[])
        AND (:problem::jsonb IS NULL OR rows.problems @> :problem::jsonb)
        ${hasProblems(query) ? 'AND rows.problems IS NOT NULL' : ''}
      ORDER BY rows.entity, rows.file_no, rows.row_no
      LIMIT :limit`,
    {
      uploadSeq: query.uploadSeq,
      afterEntity,
      afterFileNo,
      afterRowNo,
      entity: query.entity,
      outcomes: [...query.outcomes],
      problem: query.code === null ? null : JSON.stringify([{ code: query.code }]),
      limit: query.limit,
    },
  );
  return result.rows;
}

/** Errored and parked rows always say why, so the small index over rows with problems finds them. */
function hasProblems({ outcomes, code }: Pick<RowQuery, 'outcomes' | 'code'>): boolean {
  return code !== null || outcomes.every((outcome) => outcome === 'errored' || outcome === 'parked');
}

export interface RowExport {
  uploadSeq: string;
  entity: string | null;
  onlyProblems: boolean;
}

/** Spreadsheets run a cell that starts like this as a formula; a leading quote makes it text. */
const defused = (column: string): string =>
  String.raw`CASE WHEN ${column} ~ '^[=+@\t\r-]' THEN '''' || ${column} ELSE ${column} END`;

/** Writes all rows as CSV with a header, as fast as the reader takes them. */
export function writeRowsAsCsv(db: Knex, rows: RowExport, destination: Writable): Promise<void> {
  const select = `
    SELECT rows.entity, ${defused('files.file_name')} AS file, rows.row_no AS "rowNo",
           ${defused('rows.entity_id')} AS "entityId", rows.outcome,
           found.codes, ${defused('found.fields')} AS fields, ${defused('found.messages')} AS messages
      FROM ${exportedRows}
      LEFT JOIN LATERAL (
        SELECT string_agg(problem ->> 'code', ';') AS codes,
               string_agg(problem ->> 'field', ';') AS fields,
               string_agg(problem ->> 'message', ' ') AS messages
          FROM jsonb_array_elements(rows.problems) AS problem
      ) AS found ON rows.problems IS NOT NULL
     WHERE ${exportCondition(rows)}
     ${exportOrder}`;
  return copyOut(db, `COPY (${select}) TO STDOUT (FORMAT csv, HEADER)`, destination);
}

/** Writes all rows as one JSON object a line. */
export function writeRowsAsNdjson(db: Knex, rows: RowExport, destination: Writable): Promise<void> {
  const select = `
    SELECT json_build_object('entity', rows.entity, 'fileId', upload_files.file_id, 'file', files.file_name,
                             'rowNo', rows.row_no, 'entityId', rows.entity_id, 'outcome', rows.outcome,
                             'problems', coalesce(rows.problems, '[]'))
      FROM ${exportedRows}
     WHERE ${exportCondition(rows)}
     ${exportOrder}`;
  // COPY's text format would double the backslashes of JSON. Its csv format leaves a value alone that holds neither
  // quote nor delimiter, and JSON text never holds a control character.
  return copyOut(db, `COPY (${select}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`, destination);
}

/** Row numbers of one file that were errored, parked or carry a warning, in order, one a line. */
export function writeProblemRowNumbers(
  db: Knex,
  file: { uploadSeq: string; entity: string; fileNo: number },
  destination: Writable,
): Promise<void> {
  const select = `
    SELECT rows.row_no FROM upload_rows AS rows
     WHERE ${exportCondition({ ...file, onlyProblems: true })} AND rows.file_no = ${Math.trunc(file.fileNo)}
     ORDER BY rows.row_no`;
  return copyOut(db, `COPY (${select}) TO STDOUT`, destination);
}

const exportOrder = 'ORDER BY rows.entity, rows.file_no, rows.row_no';

const exportedRows = `upload_rows AS rows
      JOIN upload_files ON upload_files.upload_seq = rows.upload_seq AND upload_files.file_no = rows.file_no
      JOIN files ON files.file_id = upload_files.file_id`;

/** COPY takes no parameters, so values are written into the text: a number, and the name of an entity of ours. */
function exportCondition({ uploadSeq, entity, onlyProblems }: RowExport): string {
  if (entity !== null && !/^[a-z_]+$/.test(entity)) throw new Error('Not the name of an entity');
  return [
    `rows.upload_seq = ${BigInt(uploadSeq)} AND rows.file_no > 0`,
    ...(entity === null ? [] : [`rows.entity = '${entity}'`]),
    ...(onlyProblems ? ['rows.problems IS NOT NULL'] : []),
  ].join(' AND ');
}

/** Streams a COPY. A reader that leaves half-way takes its connection with it: the rest could only be read and dropped. */
async function copyOut(db: Knex, sql: string, destination: Writable): Promise<void> {
  const client = db.client as Knex.Client;
  const connection = (await client.acquireConnection()) as PoolClient & { __knex__disposed?: unknown };
  try {
    await pipeline(connection.query(copyTo(sql)), destination);
  } catch (error) {
    connection.__knex__disposed = 'a reader of results left';
    (connection as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    throw error;
  } finally {
    await client.releaseConnection(connection);
  }
}
