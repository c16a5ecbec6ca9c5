import type { UploadCounts } from '../../contracts/upload';
import { outcomes } from '../../contracts/upload';
import type { Database } from '../client';
import type { ResolveScope } from './resolve';
import { inRound } from './resolve';
import { rowsTable, verdictsTable } from './staging';
import { isRecord } from './tenant-join';

export interface PlanScope extends Pick<ResolveScope, 'uploadSeq' | 'tenantId' | 'definition' | 'round'> {
  /** Message by code, with {field} for the field's name. */
  messages: Readonly<Record<string, string>>;
  /** Rows of a commit page at most. */
  pageRows: number;
}

/**
 * Writes the ledger of one entity, for each staged row its one outcome and all its problems, and cuts the rows of files
 * that change records into pages, each within one file, in order. Pages and sums are made of what the one INSERT returns:
 * to read the ledger again for them costs a quarter of writing it.
 * @returns the sums of what was written
 */
export async function planEntity(db: Database, scope: PlanScope): Promise<LedgerSum[]> {
  const { uploadSeq, tenantId, definition, round, messages, pageRows } = scope;
  const { rows } = await db.raw(
    `WITH verdicts AS MATERIALIZED (
       SELECT v.file_no, v.row_no,
              bool_or(v.severity = 'error') AS errored,
              bool_or(v.severity = 'superseded') AS superseded,
              bool_or(v.severity = 'parked') AS parked,
              jsonb_agg(
                jsonb_build_object('code', v.code, 'field', v.field, 'severity', v.severity, 'message',
                  replace(CAST(:messages AS jsonb) ->> v.code, '{field}', coalesce(v.field, 'This row')))
                ORDER BY array_position(ARRAY['error', 'parked', 'warning'], v.severity), v.position
              ) FILTER (WHERE v.code IS NOT NULL) AS problems
       FROM ${verdictsTable(uploadSeq)} v
       WHERE v.entity = :entity AND ${inRound('v', round)}
       GROUP BY v.file_no, v.row_no
     ), ledger AS (
       INSERT INTO upload_rows (upload_seq, entity, file_no, row_no, tenant_id, entity_id, outcome, problems)
       SELECT CAST(:uploadSeq AS bigint), :entity, s.file_no, s.row_no, CAST(:tenantId AS int), s.entity_id,
              CASE
                WHEN v.errored THEN 'errored'
                WHEN v.superseded THEN 'superseded'
                WHEN v.parked THEN 'parked'
                WHEN s.is_delete THEN CASE WHEN r.entity_id IS NULL THEN 'unchanged' ELSE 'deleted' END
                WHEN r.entity_id IS NULL THEN 'created'
                WHEN r.content_hash = s.content_hash THEN 'unchanged'
                WHEN s.disabled AND NOT r.disabled THEN 'disabled'
                ELSE 'updated'
              END,
              v.problems
       FROM ${rowsTable(uploadSeq, definition.name)} s
       LEFT JOIN verdicts v USING (file_no, row_no)
       LEFT JOIN records r ON ${isRecord('s.entity_id')}
       WHERE ${inRound('s', round)}
       ORDER BY s.file_no, s.row_no
       RETURNING file_no, row_no, outcome, ${hasWarning} AS warned
     ), pages AS (
       INSERT INTO commit_pages (upload_seq, entity, page_no, tenant_id, file_no, from_row, to_row, row_count, planned)
       SELECT CAST(:uploadSeq AS bigint), :entity, row_number() OVER (ORDER BY file_no, page), CAST(:tenantId AS int),
              file_no, min(from_row), max(to_row), sum(rows), jsonb_object_agg(outcome, rows)
       FROM (SELECT file_no, page, outcome, min(row_no) AS from_row, max(row_no) AS to_row, count(*)::int AS rows
             FROM (SELECT file_no, row_no, outcome,
                          (row_number() OVER (PARTITION BY file_no ORDER BY row_no) - 1) / CAST(:pageRows AS int) AS page
                   FROM ledger WHERE file_no > 0 AND outcome = ANY(:changing)) placed
             GROUP BY file_no, page, outcome) counted
       GROUP BY file_no, page
     )
     SELECT :entity AS entity, outcome, count(*)::int AS rows, count(*) FILTER (WHERE warned)::int AS warnings
     FROM ledger GROUP BY outcome`,
    {
      uploadSeq,
      tenantId,
      entity: definition.name,
      messages: JSON.stringify(messages),
      pageRows,
      changing: changingOutcomes,
    },
  );
  return rows;
}

/** Outcomes that change records. */
export const changingOutcomes = ['created', 'updated', 'disabled', 'deleted'] as const;

const hasWarning = `problems @> '[{"severity":"warning"}]'`;

/** Removes the plan of an entity that was not finished. */
export async function clearPlan(db: Database, uploadSeq: string, entity: string): Promise<void> {
  await db.raw(`DELETE FROM upload_rows WHERE upload_seq = :uploadSeq AND entity = :entity`, { uploadSeq, entity });
  await db.raw(`DELETE FROM commit_pages WHERE upload_seq = :uploadSeq AND entity = :entity`, { uploadSeq, entity });
}

/** Sums of the ledger by entity, for the upload's own rows. */
export async function countOutcomes(db: Database, uploadSeq: string): Promise<UploadCounts> {
  const { rows } = await db.raw(
    `SELECT entity, outcome, count(*)::int AS rows,
            count(*) FILTER (WHERE ${hasWarning})::int AS warnings
     FROM upload_rows WHERE upload_seq = ? AND file_no > 0
     GROUP BY entity, outcome`,
    [uploadSeq],
  );
  return addUp(rows);
}

/** Counts by entity out of sums of the ledger. */
export function addUp(ledgerSums: readonly LedgerSum[]): UploadCounts {
  const counts: UploadCounts = {};
  for (const { entity, outcome, rows: count, warnings } of ledgerSums) {
    const sums = (counts[entity] ??= emptyCounts());
    sums[outcome] = count;
    sums.read += count;
    sums.warnings += warnings;
  }
  return counts;
}

/** Rows of an entity with one outcome. */
export interface LedgerSum {
  entity: string;
  outcome: (typeof outcomes)[number];
  rows: number;
  warnings: number;
}

function emptyCounts(): UploadCounts[string] {
  const zeros = outcomes.map((outcome) => [outcome, 0] as const);
  return { read: 0, ...Object.fromEntries(zeros), warnings: 0 } as UploadCounts[string];
}

/** Renews the planner's statistics after a large plan: it would take the new upload for one without rows. */
export async function analyzeLedger(db: Database): Promise<void> {
  await db.raw(`ANALYZE upload_rows, commit_pages`);
}

/** Rows that the files hold by entity, as counted when they were fetched: what the ledger has to add up to. */
export async function countFetchedRows(db: Database, uploadSeq: string): Promise<Record<string, number>> {
  const { rows } = await db.raw(
    `SELECT entity, sum(row_count)::int AS rows FROM upload_files WHERE upload_seq = ? GROUP BY entity`,
    [uploadSeq],
  );
  return Object.fromEntries(rows.map((row: { entity: string; rows: number }) => [row.entity, row.rows]));
}
