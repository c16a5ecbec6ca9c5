import type { Knex } from 'knex';

/** Files come as sync files or, through the batch door, as JSON. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE files ADD COLUMN format text NOT NULL DEFAULT 'cc5';
    ALTER TABLE upload_files ADD COLUMN format text NOT NULL DEFAULT 'cc5';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE upload_files DROP COLUMN format;
    ALTER TABLE files DROP COLUMN format;
  `);
}
