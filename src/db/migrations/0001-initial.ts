import type { Knex } from 'knex';

/**
 * The first schema. Keys are compared as bytes (collation "C"): they are opaque, and it makes the joins cheaper.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SCHEMA staging;

    CREATE TABLE tenants (
      tenant_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      workspace_id text NOT NULL,
      bucket_id text NOT NULL,
      name text NOT NULL,
      time_zone text NOT NULL DEFAULT 'America/Los_Angeles',
      settings jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (workspace_id, bucket_id)
    );

    -- Who may commit for a tenant, and the last stamp given out. The row is the tenant's commit lock.
    CREATE TABLE tenant_turns (
      tenant_id int PRIMARY KEY REFERENCES tenants,
      turn_upload_seq bigint,
      last_modified timestamptz NOT NULL DEFAULT '-infinity'
    );

    CREATE TABLE api_keys (
      key_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      tenant_id int REFERENCES tenants, -- null: operations, every tenant
      name text NOT NULL,
      key_hash bytea NOT NULL UNIQUE,
      scopes text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz,
      revoked_at timestamptz
    );

    -- What POST /appfile/file/path promised a place for.
    CREATE TABLE files (
      file_id uuid PRIMARY KEY,
      tenant_id int NOT NULL REFERENCES tenants,
      object_key text NOT NULL UNIQUE,
      file_name text NOT NULL,
      entity_type text,
      folder text,
      category text,
      tags text[] NOT NULL DEFAULT '{}',
      metadata jsonb NOT NULL DEFAULT '{}',
      action_id text NOT NULL,
      description text,
      created_at timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE uploads (
      upload_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- order of acceptance
      upload_id uuid NOT NULL UNIQUE,
      tenant_id int NOT NULL REFERENCES tenants,
      source text NOT NULL,
      mode text NOT NULL,
      atomicity text NOT NULL,
      idempotency_key text,
      request_hash bytea,
      action_id text,
      description text,
      status text NOT NULL DEFAULT 'accepted',
      step text NOT NULL DEFAULT 'fetch',
      failure jsonb,
      counts jsonb,
      accepted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      planned_at timestamptz,
      finished_at timestamptz,
      UNIQUE (tenant_id, idempotency_key)
    );
    CREATE INDEX uploads_unfinished ON uploads (tenant_id, upload_seq) WHERE status IN ('accepted', 'running');

    CREATE TABLE upload_files (
      upload_seq bigint NOT NULL REFERENCES uploads ON DELETE CASCADE,
      file_no smallint NOT NULL,
      file_id uuid NOT NULL,
      tenant_id int NOT NULL,
      object_key text NOT NULL,
      -- set by fetch
      etag text,
      size_bytes bigint,
      sha256 bytea,
      entity text,
      header jsonb,
      row_count int,
      PRIMARY KEY (upload_seq, file_no)
    );
    CREATE INDEX upload_files_by_file ON upload_files (file_id);

    CREATE TABLE upload_chunks (
      upload_seq bigint NOT NULL,
      file_no smallint NOT NULL,
      chunk_no int NOT NULL,
      byte_from bigint NOT NULL,
      byte_to bigint NOT NULL, -- exclusive
      first_line int NOT NULL,
      row_count int NOT NULL,
      PRIMARY KEY (upload_seq, file_no, chunk_no),
      FOREIGN KEY (upload_seq, file_no) REFERENCES upload_files ON DELETE CASCADE
    );

    -- The ledger: what became of every row. file_no 0 holds rows of earlier uploads that this one released.
    CREATE TABLE upload_rows (
      upload_seq bigint NOT NULL,
      entity text COLLATE "C" NOT NULL,
      file_no smallint NOT NULL,
      row_no int NOT NULL,
      tenant_id int NOT NULL,
      entity_id text COLLATE "C",
      outcome text COLLATE "C" NOT NULL,
      problems jsonb,
      PRIMARY KEY (upload_seq, entity, file_no, row_no)
    );
    CREATE INDEX upload_rows_problems ON upload_rows (upload_seq, entity, file_no, row_no) WHERE problems IS NOT NULL;

    -- A page is committed when committed_at is set, in the transaction that wrote its records.
    CREATE TABLE commit_pages (
      upload_seq bigint NOT NULL,
      entity text COLLATE "C" NOT NULL,
      page_no int NOT NULL,
      tenant_id int NOT NULL,
      file_no smallint NOT NULL,
      from_row int NOT NULL,
      to_row int NOT NULL,
      row_count int NOT NULL,
      committed_at timestamptz,
      PRIMARY KEY (upload_seq, entity, page_no)
    );

    CREATE SEQUENCE record_ids;
    CREATE TABLE records (
      tenant_id int NOT NULL,
      entity text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      id bigint NOT NULL DEFAULT nextval('record_ids'),
      document jsonb NOT NULL,
      content_hash bytea NOT NULL,
      disabled boolean NOT NULL,
      modified timestamptz NOT NULL,
      upload_seq bigint NOT NULL,
      PRIMARY KEY (tenant_id, entity, entity_id)
    ) PARTITION BY LIST (entity);
    CREATE UNIQUE INDEX records_modified ON records (tenant_id, entity, modified);

    -- Physical deletes, for the change feed.
    CREATE TABLE tombstones (
      tenant_id int NOT NULL,
      entity text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      id bigint NOT NULL,
      modified timestamptz NOT NULL,
      upload_seq bigint NOT NULL,
      PRIMARY KEY (tenant_id, entity, entity_id)
    );
    CREATE UNIQUE INDEX tombstones_modified ON tombstones (tenant_id, entity, modified);

    CREATE TABLE parked_rows (
      parked_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tenant_id int NOT NULL,
      entity text COLLATE "C" NOT NULL,
      entity_id text COLLATE "C" NOT NULL,
      upload_seq bigint NOT NULL,
      file_no smallint NOT NULL,
      row_no int NOT NULL,
      document text NOT NULL,
      content_hash bytea NOT NULL,
      disabled boolean NOT NULL,
      columns jsonb NOT NULL, -- the staging columns by name
      state text NOT NULL DEFAULT 'waiting', -- waiting, released, replaced, expired
      outcome text, -- of a released row
      parked_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz,
      settled_by bigint, -- upload_seq
      UNIQUE (upload_seq, entity, file_no, row_no)
    );
    CREATE UNIQUE INDEX parked_rows_waiting ON parked_rows (tenant_id, entity, entity_id) WHERE state = 'waiting';

    CREATE TABLE events (
      event_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      event_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
      tenant_id int NOT NULL REFERENCES tenants,
      event_type text NOT NULL,
      upload_seq bigint,
      body jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz
    );
    CREATE INDEX events_unpublished ON events (tenant_id, event_seq) WHERE published_at IS NULL;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE events, parked_rows, tombstones, records, commit_pages, upload_rows, upload_chunks, upload_files, uploads,
      files, api_keys, tenant_turns, tenants;
    DROP SEQUENCE record_ids;
    DROP SCHEMA staging CASCADE;
  `);
}
