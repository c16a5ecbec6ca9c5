import type { Knex } from 'knex';

/** Who may log in to the SFTP door. A name is never given twice, so that the audit log stays clear. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE sftp_users (
      username text PRIMARY KEY,
      tenant_id int NOT NULL REFERENCES tenants,
      password_hash text,
      public_key text,
      uploads boolean NOT NULL DEFAULT false, -- also sees CareCloud Uploads
      -- Counts changes of the credentials: sessions that were opened with other ones end.
      credential_no int NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      rotated_at timestamptz,
      revoked_at timestamptz,
      last_login_at timestamptz,
      CHECK (coalesce(password_hash, public_key) IS NOT NULL)
    );
    CREATE INDEX sftp_users_by_tenant ON sftp_users (tenant_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE sftp_users');
}
