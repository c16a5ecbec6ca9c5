import type { Knex } from 'knex';

/** Attendance and events out: who wrote an upload, values apart from records, subscriptions, the order of events. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Whose records the upload may bring: the agency's own, or CCN's.
    ALTER TABLE uploads ADD COLUMN writers text[] NOT NULL DEFAULT '{agency}';

    -- Values too large for a record, by the hash that the record holds instead.
    CREATE TABLE record_values (
      tenant_id int NOT NULL,
      value_hash bytea NOT NULL,
      value text NOT NULL,
      kept_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, value_hash)
    );

    -- place: the order in which events are replayed and sent. It is given after they are committed, under a lock of the
    -- tenant, for event_seq is drawn before: a reader that has seen a place will never see a new event before it.
    CREATE SEQUENCE event_places;
    ALTER TABLE events ADD COLUMN place bigint;
    CREATE UNIQUE INDEX events_placed ON events (tenant_id, place);
    CREATE INDEX events_unplaced ON events (tenant_id, event_seq) WHERE place IS NULL;
    CREATE INDEX events_created ON events (created_at);

    CREATE TABLE subscriptions (
      subscription_id uuid PRIMARY KEY,
      tenant_id int NOT NULL REFERENCES tenants,
      protocol text NOT NULL, -- http, https, sqs
      endpoint text NOT NULL, -- as it was asked for
      target text NOT NULL, -- as SNS knows it
      event_types text[] NOT NULL,
      status text NOT NULL, -- pending, active, paused, gone, deleted
      subscription_arn text,
      created_at timestamptz NOT NULL DEFAULT now(),
      paused_place bigint, -- the last place that was sent before the pause
      sent_events bigint NOT NULL DEFAULT 0,
      last_sent_at timestamptz,
      last_event_id uuid
    );
    CREATE UNIQUE INDEX subscriptions_target ON subscriptions (target) WHERE status <> 'deleted';
    CREATE INDEX subscriptions_by_tenant ON subscriptions (tenant_id) WHERE status <> 'deleted';

    -- Events that go to one subscription again, or for the first time after a pause.
    CREATE TABLE event_redeliveries (
      redelivery_seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tenant_id int NOT NULL,
      event_seq bigint NOT NULL REFERENCES events ON DELETE CASCADE,
      subscription_id uuid NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
      requested_at timestamptz NOT NULL DEFAULT now(),
      published_at timestamptz
    );
    CREATE INDEX event_redeliveries_open ON event_redeliveries (tenant_id, redelivery_seq) WHERE published_at IS NULL;
    CREATE INDEX event_redeliveries_by_event ON event_redeliveries (event_seq);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE event_redeliveries, subscriptions, record_values;
    DROP INDEX events_placed, events_unplaced, events_created;
    ALTER TABLE events DROP COLUMN place;
    DROP SEQUENCE event_places;
    ALTER TABLE uploads DROP COLUMN writers;
  `);
}
