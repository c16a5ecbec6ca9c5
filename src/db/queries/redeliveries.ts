import type { Database } from '../client';
import type { OutboxEvent } from './events';

/** An event that goes to one subscription again. */
export interface Redelivery extends OutboxEvent {
  redeliverySeq: string;
  subscriptionId: string;
}

/** Has one subscription get an event again. */
export async function insertRedelivery(
  db: Database,
  redelivery: { tenantId: number; eventSeq: string; subscriptionId: string },
): Promise<void> {
  await db.raw(
    `INSERT INTO event_redeliveries (tenant_id, event_seq, subscription_id)
     VALUES (:tenantId, :eventSeq, :subscriptionId)`,
    redelivery,
  );
}

/** Has a subscription get what it missed: events of its types after a place. @returns how many */
export async function redeliverAfter(
  db: Database,
  { subscriptionId, place }: { subscriptionId: string; place: string },
): Promise<number> {
  const { rowCount } = await db.raw(
    `INSERT INTO event_redeliveries (tenant_id, event_seq, subscription_id)
     SELECT s.tenant_id, e.event_seq, s.subscription_id
     FROM subscriptions s JOIN events e ON e.tenant_id = s.tenant_id AND e.event_type = ANY(s.event_types)
     WHERE s.subscription_id = :subscriptionId AND e.place > CAST(:place AS bigint) AND e.published_at IS NOT NULL
     ORDER BY e.place`,
    { subscriptionId, place },
  );
  return rowCount;
}

/** A tenant's redeliveries that are due, in the order in which they were asked for; those of paused subscriptions wait. */
export async function dueRedeliveries(db: Database, tenantId: number, limit: number): Promise<Redelivery[]> {
  const { rows } = await db.raw(
    `SELECT d.redelivery_seq AS "redeliverySeq", d.subscription_id AS "subscriptionId",
            e.event_seq AS "eventSeq", e.event_id AS "eventId", e.event_type AS "eventType", e.place,
            t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId", e.body, e.created_at AS "createdAt"
     FROM event_redeliveries d
     JOIN events e USING (event_seq)
     JOIN tenants t ON t.tenant_id = d.tenant_id
     JOIN subscriptions s USING (subscription_id)
     WHERE d.tenant_id = ? AND d.published_at IS NULL AND s.status = 'active'
     ORDER BY d.redelivery_seq
     LIMIT ?`,
    [tenantId, limit],
  );
  return rows;
}

export async function markRedelivered(db: Database, redeliverySeqs: readonly string[]): Promise<void> {
  await db.raw(`UPDATE event_redeliveries SET published_at = now() WHERE redelivery_seq = ANY(CAST(? AS bigint[]))`, [
    [...redeliverySeqs],
  ]);
}
