import { setTimeout as sleep } from 'node:timers/promises';
import type { UploadRef } from '../contracts/activities';
import type { TenantRef } from '../contracts/nightly-sync';
import { markPublished, placeEvents, tryLockOutbox, unpublishedEvents, type OutboxEvent } from '../db/queries/events';
import { dueRedeliveries, markRedelivered } from '../db/queries/redeliveries';
import { countSent, listSubscriptions, type Subscription, type SubscriptionStatus } from '../db/queries/subscriptions';
import { getUploadWork } from '../db/queries/upload-work';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { createNoticeConfirmed } from './notice-confirmed';
import { publishInOrder, type Outgoing } from './publish-in-order';

const batch = 100;

/** How long a publisher waits for another one of the same tenant. */
const otherPublisherMs = 200;

/**
 * Publishes the tenant's outbox to SNS in order, at least once: an event is marked only after SNS has taken it.
 * Publishers of the same tenant take turns, batch by batch. Then come the events that single subscriptions get again.
 */
export const createPublishEvents = (deps: ActivityDeps) => {
  const noticeConfirmed = createNoticeConfirmed(deps);
  return async (ref: UploadRef | TenantRef): Promise<{ published: number }> =>
    whileHeartbeating(async () => {
      const { tenantId } = 'uploadId' in ref ? await getUploadWork(deps.db, ref.uploadId) : ref;
      await placeEvents(deps.db, tenantId);
      await noticeConfirmed(tenantId);
      let published = 0;
      for (;;) {
        const step = await publishBatch(deps, tenantId);
        if (step === 0) return { published };
        if (step === 'busy') await sleep(otherPublisherMs);
        else published += step;
      }
    });
};

/** One connection does it all: a publisher that held one and asked for another could wait for itself. */
async function publishBatch({ db, sns, config }: ActivityDeps, tenantId: number): Promise<number | 'busy'> {
  let refused: unknown;
  const published = await db.transaction(async (trx) => {
    if (!(await tryLockOutbox(trx, tenantId))) return 'busy';
    // One that has not confirmed may do so while this is under way; until then SNS gives it nothing.
    const listening = (await listSubscriptions(trx, tenantId)).filter(({ status }) => isListening(status));
    const events = await unpublishedEvents(trx, tenantId, batch);
    // A subscription that gets an event again has had its turn with the new ones.
    const again = events.length > 0 ? [] : await dueRedeliveries(trx, tenantId, batch);
    const outgoing = [
      ...events.map((event) => toAll(event, listening)),
      ...again.map((event) => ({ event, subscriptionIds: [event.subscriptionId] })),
    ];
    const result = await publishInOrder(sns, config.aws.topicArn, outgoing);
    // What has gone out before stays marked.
    refused = result.refused;
    await markPublished(
      trx,
      events.slice(0, result.taken).map(({ eventSeq }) => eventSeq),
    );
    await markRedelivered(
      trx,
      again.slice(0, result.taken).map(({ redeliverySeq }) => redeliverySeq),
    );
    const taken = outgoing.slice(0, result.taken);
    const confirmed = new Set(listening.filter(({ status }) => status === 'active').map((each) => each.subscriptionId));
    await countSent(trx, bySubscription(taken, confirmed));
    return taken.length;
  });
  if (refused) throw refused;
  return published;
}

function isListening(status: SubscriptionStatus): boolean {
  return status === 'active' || status === 'pending';
}

function toAll(event: OutboxEvent, active: readonly Subscription[]): Outgoing {
  const hearing = active.filter(({ eventTypes }) => eventTypes.includes(event.eventType));
  return { event, subscriptionIds: hearing.map(({ subscriptionId }) => subscriptionId) };
}

function bySubscription(
  taken: readonly Outgoing[],
  confirmed: ReadonlySet<string>,
): Map<string, { events: number; lastEventId: string }> {
  const sent = new Map<string, { events: number; lastEventId: string }>();
  for (const { event, subscriptionIds } of taken) {
    for (const id of subscriptionIds.filter((each) => confirmed.has(each))) {
      sent.set(id, { events: (sent.get(id)?.events ?? 0) + 1, lastEventId: event.eventId });
    }
  }
  return sent;
}
