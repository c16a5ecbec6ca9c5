import type { UploadCounts } from '../../contracts/upload';
import { outcomes } from '../../contracts/upload';
import type { Database } from '../client';
import type { ResolveScope } from './resolve';
import { inRound } from './resolve';
import { rowsTable, verdictsTable } from './staging';

export interface PlanScope extends Pick<ResolveScope, 'uploadSeq' | 'tenantId' | 'definition' | 'round'> {
  /** Message by code, with {field} for the field's name. */
  messages: Readonly<Record<string, string>>;
}

/** Writes the ledger of one entity: for each staged row its one outcome and all its problems. */
export async function planEntity(db: Database, scope: PlanScope): Promise<void> {
  const { uploadSeq, tenantId, definition, round, messages } = scope;
  await db.raw(
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
     )
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
     LEFT JOIN records r ON r.tenant_id = :tenantId AND r.entity = :entity AND r.entity_id = s.entity_id
     WHERE ${inRound('s', round)}
     ORDER BY s.file_no, s.row_no`,
    { uploadSeq, tenantId, entity: definition.name, messages: JSON.stringify(messages) },
  );
}

/** Outcomes that change records. */
export const changingOutcomes = ['created', 'updated', 'disabled', 'deleted'] as const;

/** Cuts the rows that change records into pages of at most `pageRows`, each within one file, in order. */
export async function planPages(
  db: Database,
  scope: Pick<PlanScope, 'uploadSeq' | 'tenantId'> & { entity: string; pageRows: number },
): Promise<void> {
  await db.raw(
    `INSERT INTO commit_pages (upload_seq, entity, page_no, tenant_id, file_no, from_row, to_row, row_count)
     SELECT CAST(:uploadSeq AS bigint), :entity, row_number() OVER (ORDER BY file_no, page), CAST(:tenantId AS int),
            file_no, min(row_no), max(row_no), count(*)
     FROM (SELECT file_no, row_no,
                  (row_number() OVER (PARTITION BY file_no ORDER BY row_no) - 1) / CAST(:pageRows AS int) AS page
           FROM upload_rows
           WHERE upload_seq = :uploadSeq AND entity = :entity AND file_no > 0 AND outcome = ANY(:changing)) placed
     GROUP BY file_no, page`,
    { ...scope, changing: changingOutcomes },
  );
}

/** Removes the plan of an entity that was not finished. */
export async function clearPlan(db: Database, uploadSeq: string, entity: string): Promise<void> {
  await db.raw(`DELETE FROM upload_rows WHERE upload_seq = :uploadSeq AND entity = :entity`, { uploadSeq, entity });
  await db.raw(`DELETE FROM commit_pages WHERE upload_seq = :uploadSeq AND entity = :entity`, { uploadSeq, entity });
}

/** Sums of the ledger by entity, for the upload's own rows. */
export async function countOutcomes(db: Database, uploadSeq: string): Promise<UploadCounts> {
  const { rows } = await db.raw(
    `SELECT entity, outcome, count(*)::int AS rows,
            count(*) FILTER (WHERE problems @> '[{"severity":"warning"}]')::int AS warnings
     FROM upload_rows WHERE upload_seq = ? AND file_no > 0
     GROUP BY entity, outcome`,
    [uploadSeq],
  );
  const counts: UploadCounts = {};
  for (const { entity, outcome, rows: count, warnings } of rows as LedgerSum[]) {
    const sums = (counts[entity] ??= emptyCounts());
    sums[outcome] = count;
    sums.read += count;
    sums.warnings += warnings;
  }
  return counts;
}

interface LedgerSum {
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
