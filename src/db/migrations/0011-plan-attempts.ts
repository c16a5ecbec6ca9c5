import type { Knex } from 'knex';

/** An attempt to plan an upload that was given up gets no further once the next one has begun. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE uploads ADD COLUMN plan_attempt_id uuid`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`ALTER TABLE uploads DROP COLUMN plan_attempt_id`);
}
