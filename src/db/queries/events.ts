import type { Knex } from 'knex';
import type { StoredEvent } from '../../domain/events/event-message';
import type { Database } from '../client';

export interface NewEvent {
  tenantId: number;
  eventType:
    | 'upload.accepted'
    | 'upload.completed'
    | 'upload.failed'
    | 'records.changed'
    | `nightly-sync.${'late' | 'completed' | 'failed'}`
    | `patient-import.${'completed' | 'failed'}`;
  uploadSeq: string | null;
  /** Ids, counts and codes only: what stands here leaves the house. */
  body: Record<string, unknown>;
}

/** Writes an event to the outbox; call it in the transaction that makes the announced thing true. */
export async function insertEvent(db: Database, event: NewEvent): Promise<void> {
  await db('events').insert({
    tenant_id: event.tenantId,
    event_type: event.eventType,
    upload_seq: event.uploadSeq,
    body: JSON.stringify(event.body),
  });
}

export interface OutboxEvent extends StoredEvent {
  eventSeq: string;
  place: string;
}

const eventColumns = `e.event_seq AS "eventSeq", e.event_id AS "eventId", e.event_type AS "eventType", e.place,
            t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", e.body, e.created_at AS "createdAt"`;

/** Takes a tenant's outbox for this transaction; false while another publisher has it. */
export async function tryLockOutbox(db: Database, tenantId: number): Promise<boolean> {
  const { rows } = await db.raw(`SELECT pg_try_advisory_xact_lock(hashtext('careway outbox'), ?) AS locked`, [
    tenantId,
  ]);
  return rows[0].locked;
}

/** Takes a tenant's outbox for this transaction, after whoever has it. */
export async function lockOutbox(db: Database, tenantId: number): Promise<void> {
  await db.raw(`SELECT pg_advisory_xact_lock(hashtext('careway outbox'), ?)`, [tenantId]);
}

/**
 * Gives a tenant's new events their places, in the order in which they were written. The lock is held until the places can
 * be seen, so they become visible in their own order: who has seen one has seen all before it.
 */
export async function placeEvents(db: Knex, tenantId: number): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('careway event places'), ?)`, [tenantId]);
    await trx.raw(
      `UPDATE events e SET place = n.place
       FROM (SELECT event_seq, nextval('event_places') AS place
             FROM (SELECT event_seq FROM events WHERE tenant_id = ? AND place IS NULL ORDER BY event_seq) ordered) n
       WHERE e.event_seq = n.event_seq`,
      [tenantId],
    );
  });
}

/** The oldest unpublished events of a tenant that have their places, in order. */
export async function unpublishedEvents(db: Database, tenantId: number, limit: number): Promise<OutboxEvent[]> {
  const { rows } = await db.raw(
    `SELECT ${eventColumns}
     FROM events e JOIN tenants t USING (tenant_id)
     WHERE e.tenant_id = ? AND e.published_at IS NULL AND e.place IS NOT NULL
     ORDER BY e.place
     LIMIT ?`,
    [tenantId, limit],
  );
  return rows;
}

/** Marks events as delivered to SNS. */
export async function markPublished(db: Database, eventSeqs: readonly string[]): Promise<void> {
  await db.raw(`UPDATE events SET published_at = now() WHERE event_seq = ANY(CAST(? AS bigint[]))`, [[...eventSeqs]]);
}

export interface ListedEvent extends OutboxEvent {
  publishedAt: Date | null;
}

/** A tenant's events after a place, in order. */
export async function listEvents(
  db: Database,
  query: { tenantId: number; afterPlace: string; eventTypes: readonly string[] | null; limit: number },
): Promise<ListedEvent[]> {
  const { rows } = await db.raw(
    `SELECT ${eventColumns}, e.published_at AS "publishedAt"
     FROM events e JOIN tenants t USING (tenant_id)
     WHERE e.tenant_id = :tenantId AND e.place > CAST(:afterPlace AS bigint)
       AND (CAST(:eventTypes AS text[]) IS NULL OR e.event_type = ANY(CAST(:eventTypes AS text[])))
     ORDER BY e.place
     LIMIT :limit`,
    { ...query, eventTypes: query.eventTypes && [...query.eventTypes] },
  );
  return rows;
}

export async function findEvent(db: Database, tenantId: number, eventId: string): Promise<ListedEvent | undefined> {
  const { rows } = await db.raw(
    `SELECT ${eventColumns}, e.published_at AS "publishedAt"
     FROM events e JOIN tenants t USING (tenant_id)
     WHERE e.tenant_id = :tenantId AND e.event_id = :eventId`,
    { tenantId, eventId },
  );
  return rows[0];
}

/** Writes an event for one subscription to try itself on: for all others it counts as sent. */
export async function insertTestEvent(
  db: Database,
  { tenantId, subscriptionId }: { tenantId: number; subscriptionId: string },
): Promise<{ eventSeq: string; eventId: string }> {
  const { rows } = await db.raw(
    `INSERT INTO events (tenant_id, event_type, body, published_at)
     VALUES (:tenantId, 'subscription.test', jsonb_build_object('subscriptionId', CAST(:subscriptionId AS text)), now())
     RETURNING event_seq AS "eventSeq", event_id AS "eventId"`,
    { tenantId, subscriptionId },
  );
  return rows[0];
}

/** Sends an event to every subscription again: it is taken for one that has not been published. */
export async function publishAgain(db: Database, eventSeq: string): Promise<void> {
  await db.raw(`UPDATE events SET published_at = NULL WHERE event_seq = ?`, [eventSeq]);
}

/** Removes events that were published and are older than `days`. @returns how many */
export async function dropOldEvents(db: Database, days: number): Promise<number> {
  const { rowCount } = await db.raw(
    `DELETE FROM events
     WHERE created_at < now() - CAST(? AS int) * interval '1 day' AND published_at IS NOT NULL`,
    [days],
  );
  return rowCount;
}
