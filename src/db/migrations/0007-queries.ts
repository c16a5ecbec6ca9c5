import type { Knex } from 'knex';

/**
 * What reading records needs.
 *
 * The dates are columns made out of the document, because row-level security lets no index on an expression be used: a
 * condition that calls an ordinary function may only be checked after the policy has been.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE records
      ADD COLUMN start_date text COLLATE "C" GENERATED ALWAYS AS (document ->> 'startDate') STORED,
      ADD COLUMN end_date text COLLATE "C" GENERATED ALWAYS AS (document ->> 'endDate') STORED;
    -- Records by the id that events name, and the order of pages: new ones come last, so the index is only added to at its end.
    -- The entity is that of the partition, and would only make it wider.
    CREATE INDEX records_by_id ON records (tenant_id, id);

    -- Which history of the stamps this is. A database that was restored goes on from an earlier moment and would give out
    -- stamps a second time, so that cursors of before mean nothing there.
    CREATE TABLE change_epoch (
      only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
      epoch uuid NOT NULL DEFAULT gen_random_uuid(),
      database_mark text
    );
    INSERT INTO change_epoch DEFAULT VALUES;

    -- Changes when a database is restored: into another cluster, another database, or to an earlier point of its own log.
    CREATE FUNCTION careway_database_mark() RETURNS text LANGUAGE plpgsql STABLE AS $$
      BEGIN
        RETURN (SELECT system_identifier FROM pg_control_system()) || '/'
          || (SELECT timeline_id FROM pg_control_checkpoint()) || '/'
          || (SELECT oid FROM pg_database WHERE datname = current_database());
      EXCEPTION WHEN insufficient_privilege THEN
        RETURN (SELECT oid::text FROM pg_database WHERE datname = current_database());
      END
    $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION careway_database_mark();
    DROP TABLE change_epoch;
    DROP INDEX records_by_id;
    ALTER TABLE records DROP COLUMN start_date, DROP COLUMN end_date;
  `);
}
