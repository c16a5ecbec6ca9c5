import type { Knex } from 'knex';

/** Sweeps of the inbox, and what they have seen there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE inbox_sweeps (
      sweep_id uuid PRIMARY KEY, -- the run id of its workflow
      tenant_id int NOT NULL REFERENCES tenants,
      workflow_id text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      late_at timestamptz,
      ended_at timestamptz,
      status text
    );

    -- One version of one object: an object that changes gets another row. The row of what was taken stays, so that an
    -- object that could not be removed from the inbox in time is known again and not uploaded twice.
    CREATE TABLE inbox_objects (
      file_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      tenant_id int NOT NULL REFERENCES tenants,
      inbox_key text COLLATE "C" NOT NULL,
      etag text NOT NULL,
      size_bytes bigint NOT NULL,
      last_modified timestamptz NOT NULL,
      seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      sweep_id uuid,
      taken_at timestamptz, -- the copy and the row of files are there
      problem text, -- the code of what makes the file useless as a whole
      batch bytea, -- files of one upload; fixed before the upload is made
      upload_id uuid,
      cleared_at timestamptz, -- gone from the inbox
      UNIQUE (tenant_id, inbox_key, etag, size_bytes, last_modified)
    );
    CREATE INDEX inbox_objects_open ON inbox_objects (tenant_id) WHERE cleared_at IS NULL;
    CREATE INDEX inbox_objects_by_sweep ON inbox_objects (sweep_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE inbox_objects, inbox_sweeps');
}
