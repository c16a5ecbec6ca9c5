import type { Knex } from 'knex';

/**
 * Keys that rotate and have limits, what they were used for, and who did what. Row-level security itself is put on by
 * row-level-security.ts after the migrations, on these tables as on all.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- root_key_id: the first of a row of rotations; limits and quota are counted for all of them as one.
    ALTER TABLE api_keys
      ADD COLUMN root_key_id uuid,
      ADD COLUMN rotated_to uuid REFERENCES api_keys,
      ADD COLUMN limits jsonb NOT NULL DEFAULT '{}';
    CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);

    CREATE TABLE key_usage (
      root_key_id uuid NOT NULL,
      month date NOT NULL, -- the first day of the month in UTC
      requests bigint NOT NULL,
      PRIMARY KEY (root_key_id, month)
    );

    CREATE TABLE audit_log (
      audit_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      actor_key_id uuid NOT NULL,
      action text NOT NULL,
      tenant_id int,
      key_id uuid,
      details jsonb NOT NULL -- ids, codes and names of fields
    );

    -- Before a key is known nobody is anybody's tenant: the one question that is answered then is whose hash this is.
    CREATE FUNCTION find_api_key(presented_hash bytea)
      RETURNS TABLE (key_id uuid, tenant_id int, scopes text[], expires_at timestamptz, revoked_at timestamptz,
                     root_key_id uuid, limits jsonb)
      LANGUAGE plpgsql
      AS $$
        #variable_conflict use_column
        DECLARE
          before text := current_setting('careway.system', true);
        BEGIN
          -- A function of an ordinary role may not carry the setting itself. An error takes it back with its transaction.
          PERFORM set_config('careway.system', 'on', true);
          RETURN QUERY
            SELECT k.key_id, k.tenant_id, k.scopes, k.expires_at, k.revoked_at, coalesce(k.root_key_id, k.key_id),
                   coalesce(t.settings -> 'limits', '{}') || k.limits
              FROM api_keys k LEFT JOIN tenants t ON t.tenant_id = k.tenant_id
             WHERE k.key_hash = presented_hash;
          PERFORM set_config('careway.system', coalesce(before, 'off'), true);
        END
      $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION find_api_key(bytea);
    DROP TABLE audit_log, key_usage;
    ALTER TABLE api_keys DROP COLUMN root_key_id, DROP COLUMN rotated_to, DROP COLUMN limits;
  `);
}
