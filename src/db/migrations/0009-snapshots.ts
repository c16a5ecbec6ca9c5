import type { Knex } from 'knex';

/** Snapshots: what a tenant had at one point, written to the store page by page. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE snapshots (
      snapshot_id uuid PRIMARY KEY,
      tenant_id int NOT NULL REFERENCES tenants,
      status text NOT NULL DEFAULT 'preparing', -- preparing, ready, failed, expired
      entities text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      -- set when it is ready
      ready_at timestamptz,
      object_prefix text,
      epoch uuid,
      modified timestamptz, -- the last stamp that is in it; null when there was none
      contents jsonb, -- by entity: records, pages
      failure_code text
    );
    CREATE INDEX snapshots_by_tenant ON snapshots (tenant_id, created_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP TABLE snapshots`);
}
