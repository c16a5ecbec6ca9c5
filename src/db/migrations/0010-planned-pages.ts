import type { Knex } from 'knex';

/** What a page writes is known when it is planned: the commit does not have to count it again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Rows by outcome; null: planned before there was this column.
    ALTER TABLE commit_pages ADD COLUMN planned jsonb;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE commit_pages DROP COLUMN planned`);
}
