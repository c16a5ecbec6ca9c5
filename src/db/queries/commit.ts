import type { Outcome } from '../../contracts/upload';
import type { EntityDefinition } from '../../domain/entities/definition';
import { attributeColumn, linkColumn, referenceColumn } from '../../domain/entities/staging-columns';
import { identifier, type Database } from '../client';
import { analyzeSample } from './analyze';
import { keysTable, rowsTable } from './staging';
import { isRecord } from './tenant-join';

export interface CommitPage {
  entity: string;
  pageNo: number;
  fileNo: number;
  /** First and last row of the ledger that belong to the page. */
  fromRow: number;
  toRow: number;
  rowCount: number;
  /** What is to be written by outcome; null when the version before planned it. */
  planned: PageCounts | null;
}

/** Pages of an entity that are not committed yet, in order. */
export async function openPages(db: Database, uploadSeq: string, entity: string): Promise<CommitPage[]> {
  const { rows } = await db.raw(
    `SELECT entity, page_no AS "pageNo", file_no AS "fileNo", from_row AS "fromRow", to_row AS "toRow",
            row_count AS "rowCount", planned
     FROM commit_pages
     WHERE upload_seq = ? AND entity = ? AND committed_at IS NULL
     ORDER BY page_no`,
    [uploadSeq, entity],
  );
  return rows;
}

/**
 * Marks a page in the transaction that writes it.
 * @returns false when another attempt has committed it
 */
export async function claimPage(db: Database, uploadSeq: string, page: CommitPage): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE commit_pages SET committed_at = now()
     WHERE upload_seq = ? AND entity = ? AND page_no = ? AND committed_at IS NULL`,
    [uploadSeq, page.entity, page.pageNo],
  );
  return rowCount > 0;
}

/** Stamps of the rows of one transaction: they follow `after`, and the last one is `last`. */
export interface CommitStamps {
  after: string;
  last: string;
}

/**
 * Sets stamps aside, one microsecond for each row: after the last ones given out, after those of `before`, which are not
 * committed yet, and not before now.
 */
export async function reserveStamps(
  db: Database,
  tenantId: number,
  rows: number,
  before?: CommitStamps,
): Promise<CommitStamps> {
  const { rows: found } = await db.raw(
    `SELECT after::text AS after, (after + CAST(:rows AS int) * interval '1 microsecond')::text AS last
     FROM (SELECT greatest(last_modified, clock_timestamp(), CAST(:before AS timestamptz)) AS after
           FROM tenant_turns WHERE tenant_id = :tenantId) clock`,
    { tenantId, rows, before: before?.last ?? null },
  );
  return found[0];
}

/**
 * Takes the tenant's commit lock for the rest of the transaction and remembers how far the stamps went.
 * @returns false when the upload does not have the turn, or later stamps have been committed
 */
export async function advanceCommitClock(
  db: Database,
  tenantId: number,
  uploadSeq: string,
  { after, last }: CommitStamps,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `UPDATE tenant_turns SET last_modified = CAST(:last AS timestamptz)
     WHERE tenant_id = :tenantId AND turn_upload_seq = :uploadSeq AND last_modified <= CAST(:after AS timestamptz)`,
    { tenantId, uploadSeq, after, last },
  );
  return rowCount > 0;
}

/**
 * Renews the planner's statistics of an entity's records when they have grown by half since the last time. Autovacuum
 * comes a minute later, and until then a join of a large upload with what looks like an empty table takes hours.
 */
export async function analyzeGrownRecords(db: Database, entity: string, written: number): Promise<void> {
  const partition = `records_${entity}`;
  const { rows } = await db.raw(`SELECT reltuples FROM pg_class WHERE oid = CAST(? AS regclass)`, [partition]);
  if (written > Math.max(1_000, rows[0].reltuples / 2))
    await analyzeSample(db, `${identifier(partition)} (tenant_id, entity, entity_id, modified)`);
}

export interface WriteScope {
  uploadSeq: string;
  tenantId: number;
  definition: EntityDefinition;
  page: Pick<CommitPage, 'fileNo' | 'fromRow' | 'toRow'>;
  /** The last stamp before those of the transaction. */
  stamp: string;
}

/** The rows of a page that have one of the outcomes, numbered in their order, with their staged content. */
function changedRows(scope: WriteScope, columns: string, changing: readonly Outcome[]): string {
  const { uploadSeq, definition } = scope;
  const outcomes = changing.map((outcome) => `'${outcome}'`).join(', ');
  // Numbered when joined: of the rows released from parking only those of the batch are staged.
  return `SELECT s.entity_id, ${columns} row_number() OVER (ORDER BY s.row_no) AS place
   FROM upload_rows l
   JOIN ${rowsTable(uploadSeq, definition.name)} s
     ON s.file_no = :fileNo AND s.row_no = l.row_no AND s.row_no BETWEEN :fromRow AND :toRow
   WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.file_no = :fileNo
     AND l.row_no BETWEEN :fromRow AND :toRow AND l.outcome IN (${outcomes})`;
}

/**
 * Writes the created rows of a page. They are known to be new: the upload has its tenant's turn since they were planned,
 * so nobody else can have written them, and a plain INSERT costs two thirds of one that looks for conflicts.
 * @returns rows written; fewer than planned when staged rows were lost
 */
export async function insertRecords(db: Database, scope: WriteScope): Promise<number> {
  const { rowCount } = await db.raw(
    `INSERT INTO records (tenant_id, entity, entity_id, id, document, content_hash, disabled, modified, upload_seq)
     SELECT CAST(:tenantId AS int), :entity, p.entity_id, ${firstStamp} + p.place, ${filledDocument(scope)},
            p.content_hash, p.disabled, ${stampOf('p.place')}, CAST(:uploadSeq AS bigint)
     FROM (${changedRows(scope, stagedColumns(scope), ['created'])}) p`,
    bindings(scope),
  );
  return rowCount;
}

/**
 * Writes the updated and disabled rows of a page.
 * @param offset stamps already given out in this transaction
 */
export async function updateRecords(db: Database, scope: WriteScope, offset: number): Promise<number> {
  const { rowCount } = await db.raw(
    `UPDATE records r SET
       document = p.document, content_hash = p.content_hash, disabled = p.disabled,
       modified = ${stampOf(':offset + p.place')}, upload_seq = CAST(:uploadSeq AS bigint)
     FROM (SELECT p.entity_id, ${filledDocument(scope)} AS document, p.content_hash, p.disabled, p.place
           FROM (${changedRows(scope, stagedColumns(scope), ['updated', 'disabled'])}) p) p
     WHERE ${isRecord('p.entity_id')}`,
    { ...bindings(scope), offset },
  );
  return rowCount;
}

/**
 * A record's id is its first stamp in microseconds: no other of its tenant has it, and ids become visible in their order,
 * which those of a sequence do not when two pages are written at once. Readers who page by id rely on it.
 */
const firstStamp = `CAST(extract(epoch FROM CAST(:stamp AS timestamptz)) * 1000000 AS bigint)`;

function stampOf(place: string): string {
  return `CAST(:stamp AS timestamptz) + (${place}) * interval '1 microsecond'`;
}

/**
 * Deletes the rows of a page that ask for it and leaves a tombstone for each.
 * @param offset stamps already given out in this transaction
 */
export async function deleteRecords(db: Database, scope: WriteScope, offset: number): Promise<number> {
  const { rowCount } = await db.raw(
    `WITH gone AS (
       DELETE FROM records r USING (${changedRows(scope, '', ['deleted'])}) p
       WHERE ${isRecord('p.entity_id')}
       RETURNING r.entity_id, r.id, p.place
     )
     INSERT INTO tombstones (tenant_id, entity, entity_id, id, modified, upload_seq)
     SELECT CAST(:tenantId AS int), :entity, entity_id, id,
            ${stampOf(':offset + place')}, CAST(:uploadSeq AS bigint)
     FROM gone
     ON CONFLICT (tenant_id, entity, entity_id) DO UPDATE SET
       id = excluded.id, modified = excluded.modified, upload_seq = excluded.upload_seq`,
    { ...bindings(scope), offset },
  );
  return rowCount;
}

/** Rows of a page by outcome, as planned. */
export type PageCounts = Partial<Record<Outcome, number>>;

/** What the ledger says is to be written in a page. */
export async function countPage(db: Database, uploadSeq: string, page: CommitPage): Promise<PageCounts> {
  const { entity, fileNo, fromRow, toRow } = page;
  const { rows } = await db.raw(
    `SELECT outcome, count(*)::int AS rows FROM upload_rows
     WHERE upload_seq = :uploadSeq AND entity = :entity
       AND file_no = :fileNo AND row_no BETWEEN :fromRow AND :toRow
       AND outcome IN ('created', 'updated', 'disabled', 'deleted')
     GROUP BY outcome`,
    { uploadSeq, entity, fileNo, fromRow, toRow },
  );
  return toCounts(rows);
}

/** What the ledger says is to be written of the rows that are staged for release. */
export async function countReleased(db: Database, uploadSeq: string, entity: string): Promise<PageCounts> {
  const { rows } = await db.raw(
    `SELECT l.outcome, count(*)::int AS rows
     FROM upload_rows l JOIN ${rowsTable(uploadSeq, entity)} s ON s.file_no = l.file_no AND s.row_no = l.row_no
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.file_no = 0 AND s.file_no = 0
       AND l.outcome IN ('created', 'updated', 'disabled', 'deleted')
     GROUP BY l.outcome`,
    { uploadSeq, entity },
  );
  return toCounts(rows);
}

function toCounts(rows: { outcome: Outcome; rows: number }[]): PageCounts {
  return Object.fromEntries(rows.map((row) => [row.outcome, row.rows]));
}

function bindings({ uploadSeq, tenantId, definition, page, stamp }: WriteScope): Record<string, string | number> {
  return { uploadSeq, tenantId, entity: definition.name, stamp, ...page };
}

/*
 * R6: a copy of a parent's attribute that the sender left out is filled from the parent. The content hash stays that of
 * what was sent, so the same row again is still `unchanged`.
 */

function copyLinks({
  definition,
}: WriteScope): { field: string; attribute: string; reference: number; target: string }[] {
  return definition.copies.map(({ field, of, attribute }) => {
    const reference = definition.references.findIndex((candidate) => candidate.field === of && !candidate.soft);
    return { field, attribute, reference, target: definition.references[reference]!.target };
  });
}

/** What is written of a staged row, and what filling it needs. */
function stagedColumns(scope: WriteScope): string {
  const links = copyLinks(scope).flatMap(({ field, reference }) => [linkColumn(field), referenceColumn(reference)]);
  const names = new Set(['document', 'content_hash', 'disabled', ...links]);
  return [...names].map((name) => `s.${identifier(name)},`).join(' ');
}

/** What is filled in is looked up row by row: most rows bring it themselves. */
function filledDocument(scope: WriteScope): string {
  const links = copyLinks(scope);
  if (links.length === 0) return 'p.document';
  const missing = links.map(({ field }) => `p.${identifier(linkColumn(field))} IS NULL`);
  const copies = links.map(
    ({ field, attribute, reference, target }, index) => `'${field}', CASE WHEN ${missing[index]} THEN
       (SELECT k.${identifier(attributeColumn(attribute))} FROM ${keysTable(scope.uploadSeq)} k
        WHERE k.entity = '${target}' AND k.entity_id = p.${identifier(referenceColumn(reference))}) END`,
  );
  return `CASE WHEN ${missing.join(' OR ')}
     THEN jsonb_strip_nulls(jsonb_build_object(${copies.join(', ')})) || p.document ELSE p.document END`;
}
