import type { Database } from '../client';

/**
 * `pending`: SNS waits for the endpoint to confirm. `gone`: SNS does not know it any more; it was never confirmed in time,
 * or was ended by the subscriber.
 */
export type SubscriptionStatus = 'pending' | 'active' | 'paused' | 'gone' | 'deleted';
export type SubscriptionProtocol = 'http' | 'https' | 'sqs';

export interface Subscription {
  subscriptionId: string;
  tenantId: number;
  protocol: SubscriptionProtocol;
  /** As it was asked for. */
  endpoint: string;
  /** As SNS knows it: one endpoint is one subscription of a topic, so a second one has an addition of ours. */
  target: string;
  eventTypes: string[];
  status: SubscriptionStatus;
  subscriptionArn: string | null;
  createdAt: Date;
  pausedPlace: string | null;
  sentEvents: string;
  lastSentAt: Date | null;
  lastEventId: string | null;
}

const columns = `subscription_id AS "subscriptionId", tenant_id AS "tenantId", protocol, endpoint, target,
  event_types AS "eventTypes", status, subscription_arn AS "subscriptionArn", created_at AS "createdAt",
  paused_place AS "pausedPlace", sent_events AS "sentEvents", last_sent_at AS "lastSentAt",
  last_event_id AS "lastEventId"`;

export type NewSubscription = Pick<
  Subscription,
  'subscriptionId' | 'tenantId' | 'protocol' | 'endpoint' | 'target' | 'eventTypes'
>;

/** @returns false when another subscription, of whichever tenant, has this target */
export async function insertSubscription(db: Database, subscription: NewSubscription): Promise<boolean> {
  const { rowCount } = await db.raw(
    `INSERT INTO subscriptions (subscription_id, tenant_id, protocol, endpoint, target, event_types, status)
     VALUES (:subscriptionId, :tenantId, :protocol, :endpoint, :target, :eventTypes, 'pending')
     ON CONFLICT (target) WHERE status <> 'deleted' DO NOTHING`,
    { ...subscription, eventTypes: [...subscription.eventTypes] },
  );
  return rowCount === 1;
}

export async function listSubscriptions(db: Database, tenantId: number): Promise<Subscription[]> {
  const { rows } = await db.raw(
    `SELECT ${columns} FROM subscriptions WHERE tenant_id = ? AND status <> 'deleted' ORDER BY created_at, subscription_id`,
    [tenantId],
  );
  return rows;
}

export async function findSubscription(
  db: Database,
  tenantId: number,
  subscriptionId: string,
): Promise<Subscription | undefined> {
  const { rows } = await db.raw(
    `SELECT ${columns} FROM subscriptions
     WHERE tenant_id = :tenantId AND subscription_id = :subscriptionId AND status <> 'deleted'`,
    { tenantId, subscriptionId },
  );
  return rows[0];
}

export interface SubscriptionChange {
  status: SubscriptionStatus;
  subscriptionArn?: string | null;
  pausedPlace?: string | null;
}

/**
 * Changes a subscription that is still in the state in which it was read. What is left out stays as it is.
 * @returns false when another one has changed its state since
 */
export async function changeSubscription(
  db: Database,
  read: Pick<Subscription, 'subscriptionId' | 'status'>,
  { status, subscriptionArn, pausedPlace }: SubscriptionChange,
): Promise<boolean> {
  const changed = await db('subscriptions')
    .where({ subscription_id: read.subscriptionId, status: read.status })
    .update({
      status,
      ...(subscriptionArn !== undefined && { subscription_arn: subscriptionArn }),
      ...(pausedPlace !== undefined && { paused_place: pausedPlace }),
    });
  return changed > 0;
}

/** Marks a subscription as deleted, whatever its state. */
export async function markSubscriptionDeleted(db: Database, subscriptionId: string): Promise<void> {
  await db.raw(`UPDATE subscriptions SET status = 'deleted' WHERE subscription_id = ?`, [subscriptionId]);
}

/** The last place of a tenant's events that went to SNS, 0 when none has. */
export async function lastPublishedPlace(db: Database, tenantId: number): Promise<string> {
  const { rows } = await db.raw(
    `SELECT coalesce(max(place), 0)::text AS place FROM events WHERE tenant_id = ? AND published_at IS NOT NULL`,
    [tenantId],
  );
  return rows[0].place;
}

/** Counts what went out, by subscription. */
export async function countSent(
  db: Database,
  sent: ReadonlyMap<string, { events: number; lastEventId: string }>,
): Promise<void> {
  const ids = [...sent.keys()].sort();
  await db.raw(
    `UPDATE subscriptions s
     SET sent_events = s.sent_events + n.events, last_sent_at = now(), last_event_id = n.event_id
     FROM unnest(CAST(:ids AS uuid[]), CAST(:counts AS int[]), CAST(:eventIds AS uuid[])) AS n (id, events, event_id)
     WHERE s.subscription_id = n.id`,
    { ids, counts: ids.map((id) => sent.get(id)!.events), eventIds: ids.map((id) => sent.get(id)!.lastEventId) },
  );
}

export interface SubscriptionLag {
  subscriptionId: string;
  waiting: number;
  oldestSeconds: number;
}

/** Of each kind no more are counted: a subscription that was paused long ago has a month of events before it. */
const mostCounted = 1_000;

/**
 * Events that a tenant's subscriptions are still to get: not yet with SNS, held by a pause, or asked for again. Each kind
 * is read by its own index, oldest first, up to `mostCounted`.
 * @param only one subscription; all of the tenant's unless said
 */
export async function readLags(db: Database, tenantId: number, only?: string): Promise<SubscriptionLag[]> {
  const { rows } = await db.raw(
    `SELECT s.subscription_id AS "subscriptionId", count(w.at)::int AS waiting,
            greatest(0, coalesce(extract(epoch FROM now() - min(w.at)), 0))::float8 AS "oldestSeconds"
     FROM subscriptions s
     LEFT JOIN LATERAL (
       (SELECT e.created_at AS at FROM events e
        WHERE e.tenant_id = s.tenant_id AND e.published_at IS NULL
          AND e.event_type = ANY(s.event_types) AND e.created_at >= s.created_at
        ORDER BY e.event_seq LIMIT :mostCounted)
       UNION ALL
       (SELECT e.created_at FROM events e
        WHERE e.tenant_id = s.tenant_id AND e.place > s.paused_place AND e.published_at IS NOT NULL
          AND e.event_type = ANY(s.event_types)
        ORDER BY e.place LIMIT :mostCounted)
       UNION ALL
       (SELECT d.requested_at FROM event_redeliveries d
        WHERE d.tenant_id = s.tenant_id AND d.published_at IS NULL AND d.subscription_id = s.subscription_id
        ORDER BY d.redelivery_seq LIMIT :mostCounted)
     ) w ON s.status IN ('active', 'paused')
     WHERE s.tenant_id = :tenantId AND s.status <> 'deleted'
       AND s.subscription_id = coalesce(CAST(:only AS uuid), s.subscription_id)
     GROUP BY s.subscription_id`,
    { tenantId, only: only ?? null, mostCounted },
  );
  return rows;
}
