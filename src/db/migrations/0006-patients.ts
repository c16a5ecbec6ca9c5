import type { Knex } from 'knex';

/**
 * Patient imports: what patients are found by, and how far the import of a file has come. The partition of `records` is
 * made by migrate.ts, as for every entity.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Written in the transaction that writes the patient. A table of its own and not an index on an expression: the key of
    -- a person is folded in a way that SQL does not know, and a match has to touch these narrow rows only.
    CREATE TABLE patient_keys (
      tenant_id int NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      ehr_key text COLLATE "C",
      person_key text COLLATE "C" NOT NULL,
      PRIMARY KEY (tenant_id, entity_id)
    );
    -- Two patients of one EHR ID would be one patient twice.
    CREATE UNIQUE INDEX patient_keys_by_ehr ON patient_keys (tenant_id, ehr_key) WHERE ehr_key IS NOT NULL;
    CREATE INDEX patient_keys_by_person ON patient_keys (tenant_id, person_key);

    -- door: whose folder the object lies in; one of 'patients' gets a file of results before it is removed.
    ALTER TABLE inbox_objects
      ADD COLUMN door text NOT NULL DEFAULT 'inbox',
      ADD COLUMN results_key text,
      ADD COLUMN results_at timestamptz;
    CREATE UNIQUE INDEX inbox_objects_results ON inbox_objects (results_key) WHERE results_key IS NOT NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE inbox_objects DROP COLUMN door, DROP COLUMN results_key, DROP COLUMN results_at;
    DROP TABLE patient_keys;
  `);
}
