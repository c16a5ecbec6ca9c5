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

export interface OutboxEvent {
  eventSeq: string;
  eventId: string;
  eventType: string;
  workspaceId: string;
  bucketId: string;
  body: Record<string, unknown>;
  createdAt: Date;
}

/** Takes a tenant's outbox for this transaction; false while another publisher has it. */
export async function tryLockOutbox(db: Database, tenantId: number): Promise<boolean> {
  const { rows } = await db.raw(`SELECT pg_try_advisory_xact_lock(hashtext('careway outbox'), ?) AS locked`, [
    tenantId,
  ]);
  return rows[0].locked;
}

/** The oldest unpublished events of a tenant, in order. */
export async function unpublishedEvents(db: Database, tenantId: number, limit: number): Promise<OutboxEvent[]> {
  const { rows } = await db.raw(
    `SELECT e.event_seq AS "eventSeq", e.event_id AS "eventId", e.event_type AS "eventType",
            t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", e.body, e.created_at AS "createdAt"
     FROM events e JOIN tenants t USING (tenant_id)
     WHERE e.tenant_id = ? AND e.published_at IS NULL
     ORDER BY e.event_seq
     LIMIT ?`,
    [tenantId, limit],
  );
  return rows;
}

/** Marks events as delivered to SNS. */
export async function markPublished(db: Database, eventSeqs: readonly string[]): Promise<void> {
  await db.raw(`UPDATE events SET published_at = now() WHERE event_seq = ANY(CAST(? AS bigint[]))`, [[...eventSeqs]]);
}
