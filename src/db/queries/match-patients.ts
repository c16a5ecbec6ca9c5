import type { Severity } from '../../domain/problems';
import type { EntityDefinition } from '../../domain/entities/definition';
import { stagingColumns } from '../../domain/entities/staging-columns';
import { identifier, type Database } from '../client';
import { copyColumns, rowsTable, sentTable, verdictsTable } from './staging';
import { boundTenant, isRecord } from './tenant-join';

/*
 * Which patient each row of a file is (data-model D.4), in sets. The rows lie in staging as they were sent; what is written
 * here are the rows as the steps after this one know them: with the key of a patient, and with a document in which the
 * cells of the row, and of other rows of the same patient, lie over what is stored.
 *
 * The tables in between live as long as the transaction. Each is analysed: the planner takes a new table for a small one.
 */

export interface MatchScope {
  uploadSeq: string;
  uploadId: string;
  tenantId: number;
  definition: EntityDefinition;
  severities: Readonly<Record<string, Severity>>;
}

/** Takes back what an earlier attempt wrote, and keeps others out until this transaction ends. */
export async function clearMatched(db: Database, { uploadSeq, definition }: MatchScope): Promise<void> {
  const verdicts = verdictsTable(uploadSeq);
  await db.raw(`TRUNCATE ${rowsTable(uploadSeq, definition.name)}`);
  await db.raw(`DELETE FROM ${verdicts} WHERE entity = ? AND code IN ('PATIENT_AMBIGUOUS', 'DUPLICATE_IN_FILE')`, [
    definition.name,
  ]);
}

/** The rows that name a patient at all. `place` is a row's place in the upload, over all its files. */
export async function readMatchKeys(db: Database, { uploadSeq, definition }: MatchScope): Promise<void> {
  await db.raw(`
    CREATE TEMP TABLE match_rows ON COMMIT DROP AS
    SELECT file_no, row_no, file_no * 4294967296 + row_no AS place, match_ehr, match_person
    FROM ${sentTable(uploadSeq, definition.name)}
    WHERE document IS NOT NULL AND match_person IS NOT NULL;
    ANALYZE match_rows`);
}

/**
 * The patient of every EHR ID of the file. One that is not known is a new patient, unless exactly one patient without an
 * EHR ID is the same person: then it is that patient's. Where two IDs claim one such patient, or one ID two of them, nobody
 * can tell (`entity_id` stays null). Patients of different EHR IDs are never joined.
 */
export async function matchByEhrId(db: Database, { uploadId, tenantId }: MatchScope): Promise<void> {
  await db.raw(
    `CREATE TEMP TABLE match_ehr_ids ON COMMIT DROP AS
     WITH named AS (
       SELECT r.match_ehr, min(r.place) AS place FROM match_rows r WHERE r.match_ehr IS NOT NULL GROUP BY r.match_ehr
     ), looked_up AS (
       SELECT n.match_ehr, n.place, k.entity_id
       FROM named n LEFT JOIN patient_keys k ON k.tenant_id = ${boundTenant} AND k.ehr_key = n.match_ehr
     ), claims AS (
       SELECT DISTINCT u.match_ehr, k.entity_id
       FROM looked_up u
       JOIN match_rows r ON r.match_ehr = u.match_ehr
       JOIN patient_keys k ON k.tenant_id = ${boundTenant} AND k.person_key = r.match_person AND k.ehr_key IS NULL
       WHERE u.entity_id IS NULL
     ), counted AS (
       SELECT match_ehr, entity_id, count(*) OVER (PARTITION BY match_ehr) = 1 AND
              count(*) OVER (PARTITION BY entity_id) = 1 AS fits
       FROM claims
     ), judged AS (
       SELECT match_ehr, bool_and(fits) AS fits, min(entity_id) AS entity_id FROM counted GROUP BY match_ehr
     )
     SELECT l.match_ehr,
            CASE WHEN l.entity_id IS NOT NULL THEN l.entity_id
                 WHEN j.match_ehr IS NULL THEN ${newEntityId('l.place')}
                 WHEN j.fits THEN j.entity_id END AS entity_id
     FROM looked_up l LEFT JOIN judged j USING (match_ehr)`,
    { uploadId, tenantId },
  );
  await db.raw(`ANALYZE match_ehr_ids`);
}

/**
 * The patient of every person who stands in the file without an EHR ID: the only one with these names, birthday and gender,
 * stored or in the file, or a new one. `entity_id` is null where there are several.
 */
export async function matchByPerson(db: Database, { uploadId, tenantId }: MatchScope): Promise<void> {
  await db.raw(
    `CREATE TEMP TABLE match_persons ON COMMIT DROP AS
     WITH asked AS (
       SELECT match_person, min(place) AS place FROM match_rows WHERE match_ehr IS NULL GROUP BY match_person
     ), fitting AS (
       SELECT a.match_person, k.entity_id
       FROM asked a JOIN patient_keys k ON k.tenant_id = ${boundTenant} AND k.person_key = a.match_person
       UNION
       SELECT a.match_person, e.entity_id
       FROM asked a JOIN match_rows r USING (match_person) JOIN match_ehr_ids e ON e.match_ehr = r.match_ehr
     ), counted AS (
       SELECT match_person, count(*) = 1 AS one, min(entity_id) AS entity_id FROM fitting GROUP BY match_person
     )
     SELECT a.match_person,
            CASE WHEN c.match_person IS NULL THEN ${newEntityId('a.place')} WHEN c.one THEN c.entity_id END AS entity_id
     FROM asked a LEFT JOIN counted c USING (match_person)`,
    { uploadId, tenantId },
  );
  await db.raw(`ANALYZE match_persons`);
}

/** Made of the upload and the patient's first row in it: the same upload run again makes the same patients. */
function newEntityId(place: string): string {
  return `CAST(md5(CAST(:uploadId AS text) || ':' || ${place}) AS uuid)::text`;
}

/** Puts the two together: a patient for every row, and how many rows each patient has. */
export async function assignPatients(db: Database): Promise<void> {
  await db.raw(`
    CREATE TEMP TABLE match_assigned ON COMMIT DROP AS
    SELECT file_no, row_no, entity_id, count(*) OVER same AS rows, max(match_ehr) OVER same AS match_ehr
    FROM (SELECT r.file_no, r.row_no, r.match_ehr, coalesce(e.entity_id, p.entity_id) AS entity_id
          FROM match_rows r
          LEFT JOIN match_ehr_ids e ON e.match_ehr = r.match_ehr
          LEFT JOIN match_persons p ON r.match_ehr IS NULL AND p.match_person = r.match_person) matched
    WINDOW same AS (PARTITION BY entity_id)`);
  await db.raw(`ANALYZE match_assigned`);
}

/** The patients that the standing plan gave the rows, where they have to be staged anew. */
export async function recallPatients(db: Database, { uploadSeq, definition }: MatchScope): Promise<void> {
  await db.raw(
    `CREATE TEMP TABLE match_assigned ON COMMIT DROP AS
     SELECT l.file_no, l.row_no, l.entity_id, count(*) OVER same AS rows, max(r.match_ehr) OVER same AS match_ehr
     FROM upload_rows l JOIN match_rows r USING (file_no, row_no)
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity
     WINDOW same AS (PARTITION BY l.entity_id)`,
    { uploadSeq, entity: definition.name },
  );
  await db.raw(`ANALYZE match_assigned`);
}

/** Says of rows that fit several patients, and of patients that stand in the file more than once, that it is so. */
export async function judgeMatches(db: Database, scope: MatchScope): Promise<void> {
  const { uploadSeq, definition, severities } = scope;
  await db.raw(
    `INSERT INTO ${verdictsTable(uploadSeq)} (entity, file_no, row_no, position, severity, code, field, from_row)
     SELECT :entity, file_no, row_no, 300, CAST(:severities AS jsonb) ->> code, code, NULL, true
     FROM (SELECT file_no, row_no,
                  CASE WHEN entity_id IS NULL THEN 'PATIENT_AMBIGUOUS' WHEN rows > 1 THEN 'DUPLICATE_IN_FILE' END AS code
           FROM match_assigned) judged
     WHERE code IS NOT NULL`,
    { entity: definition.name, severities: JSON.stringify(severities) },
  );
}

/**
 * Writes the rows with their patients. An empty cell is in no document, so it wipes nothing: the document of a patient is
 * what is stored, and over it the cells of its rows in their order. The content hash over all that says whether any of it
 * is new; a document that says nothing new is not kept.
 */
export async function writeMatched(db: Database, scope: MatchScope): Promise<void> {
  const { uploadSeq, tenantId, definition } = scope;
  const rows = rowsTable(uploadSeq, definition.name);
  const sent = sentTable(uploadSeq, definition.name);
  const extra = stagingColumns(definition).map(
    ({ name }) => (name === 'match_ehr' ? 'a' : 's') + `.${identifier(name)}`,
  );
  await db.raw(
    `WITH last_cells AS (
       SELECT DISTINCT ON (a.entity_id, cell.key) a.entity_id, cell.key, cell.value
       FROM match_assigned a
       JOIN ${sent} s USING (file_no, row_no)
       CROSS JOIN LATERAL jsonb_each(s.document) cell
       WHERE a.rows > 1 AND a.entity_id IS NOT NULL
       ORDER BY a.entity_id, cell.key, s.file_no DESC, s.row_no DESC
     ), merged AS MATERIALIZED (
       SELECT entity_id, jsonb_object_agg(key, value) AS document FROM last_cells GROUP BY entity_id
     )
     INSERT INTO ${rows} (${copyColumns(definition).map(identifier).join(', ')})
     SELECT s.file_no, s.row_no, false, a.entity_id, coalesce(r.disabled, false), judged.hash,
            CASE WHEN judged.hash IS DISTINCT FROM r.content_hash THEN made.document END, ${extra.join(', ')}
     FROM ${sent} s
     LEFT JOIN match_assigned a USING (file_no, row_no)
     LEFT JOIN merged m ON m.entity_id = a.entity_id
     LEFT JOIN records r ON ${isRecord('a.entity_id')}
     -- OFFSET 0: made once for each row, not once for each use.
     CROSS JOIN LATERAL (
       SELECT CASE WHEN a.entity_id IS NOT NULL THEN
         coalesce(r.document, jsonb_build_object('entityId', a.entity_id)) || coalesce(m.document, s.document)
         END AS document OFFSET 0) made
     CROSS JOIN LATERAL (
       SELECT substr(sha256(convert_to(CAST(made.document AS text), 'UTF8')), 1, 16) AS hash OFFSET 0) judged`,
    { tenantId, entity: definition.name },
  );
}

/** Writes into the messages of duplicates which line the patient stands in as well: the first one, of the first the next. */
export async function nameOtherLines(
  db: Database,
  { uploadSeq, definition }: Pick<MatchScope, 'uploadSeq' | 'definition'>,
): Promise<void> {
  // The planner knows nothing yet of this upload's rows, and would join each with all others: 10^10 pairs of 100,000.
  await db.raw(`SET LOCAL enable_nestloop = off`);
  await db.raw(
    `UPDATE upload_rows l SET problems = CAST(replace(CAST(l.problems AS text), '{line}', others.line) AS jsonb)
     FROM (SELECT file_no, row_no,
                  CAST(CASE WHEN row_number() OVER same = 1 THEN lead(row_no) OVER same
                       ELSE first_value(row_no) OVER same END AS text) AS line
           FROM upload_rows
           WHERE upload_seq = :uploadSeq AND entity = :entity AND problems @> '[{"code":"DUPLICATE_IN_FILE"}]'
           WINDOW same AS (PARTITION BY entity_id ORDER BY file_no, row_no)) others
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.file_no = others.file_no AND l.row_no = others.row_no
       AND others.line IS NOT NULL`,
    { uploadSeq, entity: definition.name },
  );
  await db.raw(`SET LOCAL enable_nestloop = on`);
}
