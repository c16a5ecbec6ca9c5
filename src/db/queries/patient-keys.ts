import type { Database } from '../client';
import type { WriteScope } from './commit';
import { rowsTable } from './staging';

/**
 * Writes what the patients of a page are found by from now on. An EHR ID that is known stays: rows of another one are
 * another patient.
 */
export async function writePatientKeys(db: Database, scope: WriteScope): Promise<void> {
  const { uploadSeq, tenantId, definition, page } = scope;
  await db.raw(
    `INSERT INTO patient_keys (tenant_id, entity_id, ehr_key, person_key)
     SELECT CAST(:tenantId AS int), s.entity_id, s.match_ehr, s.match_person
     FROM upload_rows l
     JOIN ${rowsTable(uploadSeq, definition.name)} s ON s.file_no = l.file_no AND s.row_no = l.row_no
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.outcome IN ('created', 'updated')
       AND l.file_no = :fileNo AND l.row_no BETWEEN :fromRow AND :toRow
       AND s.file_no = :fileNo AND s.row_no BETWEEN :fromRow AND :toRow
     ON CONFLICT (tenant_id, entity_id) DO UPDATE SET
       ehr_key = coalesce(patient_keys.ehr_key, excluded.ehr_key), person_key = excluded.person_key`,
    { uploadSeq, tenantId, entity: definition.name, ...page },
  );
}

/** Renews the planner's statistics of the keys, for the reason and by the rule of `analyzeGrownRecords`. */
export async function analyzeGrownKeys(db: Database, written: number): Promise<void> {
  const { rows } = await db.raw(`SELECT reltuples FROM pg_class WHERE oid = 'patient_keys'::regclass`);
  if (written > Math.max(1_000, rows[0].reltuples / 2)) await db.raw(`ANALYZE patient_keys`);
}
