import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { publishEventsWorkflowId } from '../contracts/workflow-ids';
import { taskQueues } from '../contracts/task-queues';
import { writeAudit, type AuditAction } from '../db/queries/audit-log';
import { findEvent, insertTestEvent, lockOutbox, publishAgain, type ListedEvent } from '../db/queries/events';
import { insertRedelivery, redeliverAfter } from '../db/queries/redeliveries';
import {
  changeSubscription,
  findSubscription,
  insertSubscription,
  lastPublishedPlace,
  listSubscriptions,
  markSubscriptionDeleted,
  type Subscription,
} from '../db/queries/subscriptions';
import type { Tenant } from '../db/queries/tenants';
import type { EventType } from '../domain/events/event-types';
import type { Logger } from '../platform/logger';
import { Refusal } from './refusal';
import { confirmation, findArn, subscribe, unsubscribe, type SnsTopic } from './sns-subscriptions';
import { distinctTarget, readEndpoint } from './subscription-endpoint';

export interface SubscriptionDeps extends SnsTopic {
  db: Knex;
  temporal: Client;
  logger: Logger;
  /** Endpoints on this machine are let in: for the embedded stack. */
  allowLoopback: boolean;
}

/** Who acts, and for whom. */
export interface SubscriptionActor {
  tenant: Tenant;
  keyId: string;
}

/** SNS lets a topic have 200 filters before one has to ask for more, and all tenants share the topic. */
const mostSubscriptions = 20;

/**
 * Subscribes an endpoint to events of the caller's tenant. The same endpoint and types again are the same subscription;
 * while it is not confirmed, SNS then asks the endpoint once more.
 * @throws Refusal for an endpoint that is not good, SUBSCRIPTION_EXISTS when it has one with other types,
 * SUBSCRIPTION_LIMIT when the tenant has too many
 */
export async function createSubscription(
  deps: SubscriptionDeps,
  actor: SubscriptionActor,
  request: { endpoint: string; eventTypes: readonly EventType[] },
): Promise<{ subscription: Subscription; created: boolean }> {
  const { db } = deps;
  const { tenantId } = actor.tenant;
  const endpoint = await readEndpoint(request.endpoint, deps.allowLoopback);
  const wanted = [...new Set(request.eventTypes)].sort();
  const known = await listSubscriptions(db, tenantId);
  const same = known.find((each) => each.endpoint === endpoint.endpoint);
  if (same) {
    if (same.eventTypes.join() !== wanted.join()) {
      throw new Refusal(
        'SUBSCRIPTION_EXISTS',
        'This endpoint is subscribed with other event types: delete that first.',
        {
          details: { subscriptionId: same.subscriptionId },
        },
      );
    }
    return { subscription: await ask(deps, actor, same), created: false };
  }
  if (known.length >= mostSubscriptions) {
    throw new Refusal('SUBSCRIPTION_LIMIT', `A tenant has at most ${mostSubscriptions} subscriptions.`);
  }
  const subscriptionId = randomUUID();
  const target = await db.transaction(async (trx) => {
    const fresh = { ...endpoint, subscriptionId, tenantId, eventTypes: wanted };
    for (const candidate of [endpoint.endpoint, distinctTarget(endpoint, subscriptionId)]) {
      if (candidate === undefined || !(await insertSubscription(trx, { ...fresh, target: candidate }))) continue;
      await audit(trx, actor, 'subscription.created', subscriptionId, {
        protocol: endpoint.protocol,
        eventTypes: wanted,
      });
      return candidate;
    }
    throw new Refusal('SUBSCRIPTION_EXISTS', 'This queue is subscribed already.');
  });
  deps.logger.debug({ subscriptionId, protocol: endpoint.protocol, target: target.length }, 'subscription made');
  const made = await requireSubscription(db, tenantId, subscriptionId);
  return { subscription: await ask(deps, actor, made), created: true };
}

/** Has SNS make the subscription, or ask an endpoint that has not confirmed once more. */
async function ask(deps: SubscriptionDeps, { tenant }: SubscriptionActor, known: Subscription): Promise<Subscription> {
  if (known.status === 'active' || known.status === 'paused') return known;
  // SNS gives a subscription that it makes anew another name.
  const arn = (await subscribe(deps, tenant, known)) ?? (known.status === 'gone' ? null : known.subscriptionArn);
  if (await changeSubscription(deps.db, known, { status: 'pending', subscriptionArn: arn })) {
    return refresh(deps, { ...known, status: 'pending', subscriptionArn: arn });
  }
  const now = await readAgain(deps.db, known);
  // Deleted meanwhile: what SNS has just made is nobody's.
  if (now.status === 'deleted' && arn !== null) await unsubscribe(deps, arn);
  return now;
}

/** A subscription that another request has changed, as it is now. */
async function readAgain(db: Knex, known: Subscription): Promise<Subscription> {
  return (await findSubscription(db, known.tenantId, known.subscriptionId)) ?? { ...known, status: 'deleted' };
}

/** Looks at SNS whether an endpoint has confirmed by now, or whether its subscription is gone; nobody tells us. */
export async function refresh(
  deps: Pick<SubscriptionDeps, 'db' | 'sns' | 'topicArn'>,
  known: Subscription,
): Promise<Subscription> {
  if (known.status === 'gone' || known.status === 'deleted') return known;
  const arn = known.subscriptionArn ?? (await findArn(deps, known.target));
  if (arn === null) return known;
  const state = await confirmation(deps, arn);
  const confirmed = known.status === 'paused' ? 'paused' : 'active';
  const status = state === 'confirmed' ? confirmed : state;
  if (status === known.status && arn === known.subscriptionArn) return known;
  const changed = await changeSubscription(deps.db, known, { status, subscriptionArn: arn });
  return changed ? { ...known, status, subscriptionArn: arn } : readAgain(deps.db, known);
}

/** A tenant's subscriptions as they are now. */
export async function currentSubscriptions(deps: SubscriptionDeps, tenantId: number): Promise<Subscription[]> {
  return Promise.all((await listSubscriptions(deps.db, tenantId)).map((each) => refresh(deps, each)));
}

/** @throws Refusal NOT_FOUND, for another tenant's alike */
export async function requireSubscription(db: Knex, tenantId: number, subscriptionId: string): Promise<Subscription> {
  const found = await findSubscription(db, tenantId, subscriptionId);
  if (!found) throw new Refusal('NOT_FOUND', 'There is no such subscription.');
  return found;
}

/** Holds events back from one subscription; they are sent when it is resumed. */
export async function pauseSubscription(
  { db }: SubscriptionDeps,
  actor: SubscriptionActor,
  known: Subscription,
): Promise<void> {
  if (known.status === 'paused') return;
  requireActive(known);
  await db.transaction(async (trx) => {
    // A publisher has looked who is active before it sends.
    await lockOutbox(trx, known.tenantId);
    const pausedPlace = await lastPublishedPlace(trx, known.tenantId);
    if (!(await changeSubscription(trx, known, { status: 'paused', pausedPlace }))) throw notActive();
    await audit(trx, actor, 'subscription.paused', known.subscriptionId);
  });
}

/** Lets events through again, those that were held back first. */
export async function resumeSubscription(
  deps: SubscriptionDeps,
  actor: SubscriptionActor,
  known: Subscription,
): Promise<void> {
  if (known.status === 'active') return;
  if (known.status !== 'paused') throw notActive();
  await deps.db.transaction(async (trx) => {
    await lockOutbox(trx, known.tenantId);
    // Another request may have resumed it, and sent what was held back.
    if (!(await changeSubscription(trx, known, { status: 'active', pausedPlace: null }))) return;
    await redeliverAfter(trx, { subscriptionId: known.subscriptionId, place: known.pausedPlace ?? '0' });
    await audit(trx, actor, 'subscription.resumed', known.subscriptionId);
  });
  await startPublishing(deps, known.tenantId);
}

export async function deleteSubscription(
  deps: SubscriptionDeps,
  actor: SubscriptionActor,
  known: Subscription,
): Promise<void> {
  const arn = known.subscriptionArn ?? (await findArn(deps, known.target));
  if (arn !== null) await unsubscribe(deps, arn);
  await deps.db.transaction(async (trx) => {
    await markSubscriptionDeleted(trx, known.subscriptionId);
    await audit(trx, actor, 'subscription.deleted', known.subscriptionId);
  });
}

/** Sends an event that says nothing to one subscription. @returns its id */
export async function sendTestEvent(
  deps: SubscriptionDeps,
  actor: SubscriptionActor,
  known: Subscription,
): Promise<string> {
  requireActive(known);
  const { tenantId, subscriptionId } = known;
  const eventId = await deps.db.transaction(async (trx) => {
    const event = await insertTestEvent(trx, { tenantId, subscriptionId });
    await insertRedelivery(trx, { tenantId, eventSeq: event.eventSeq, subscriptionId });
    await audit(trx, actor, 'subscription.tested', subscriptionId);
    return event.eventId;
  });
  await startPublishing(deps, tenantId);
  return eventId;
}

/**
 * Sends an event again, to one subscription or to all that hear of its type.
 * @throws Refusal NOT_FOUND for an event or a subscription that the tenant does not have
 */
export async function redeliver(
  deps: SubscriptionDeps,
  actor: SubscriptionActor,
  request: { eventId: string; subscriptionId?: string },
): Promise<ListedEvent> {
  const { tenantId } = actor.tenant;
  const event = await findEvent(deps.db, tenantId, request.eventId);
  if (!event) throw new Refusal('NOT_FOUND', 'There is no such event.');
  const { eventSeq, eventId } = event;
  const only =
    request.subscriptionId === undefined
      ? undefined
      : await refresh(deps, await requireSubscription(deps.db, tenantId, request.subscriptionId));
  if (only) requireActive(only);
  await deps.db.transaction(async (trx) => {
    if (only) await insertRedelivery(trx, { tenantId, eventSeq, subscriptionId: only.subscriptionId });
    else await publishAgain(trx, eventSeq);
    await audit(trx, actor, 'event.redelivered', only?.subscriptionId, { eventId });
  });
  await startPublishing(deps, tenantId);
  return event;
}

function requireActive({ status }: Subscription): void {
  if (status !== 'active') throw notActive();
}

function notActive(): Refusal {
  return new Refusal('SUBSCRIPTION_NOT_ACTIVE', 'The subscription is not confirmed, or is paused.');
}

/** When Temporal is away, what waits goes out with the tenant's next events. */
async function startPublishing({ temporal, logger }: SubscriptionDeps, tenantId: number): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + 5_000, () =>
      temporal.workflow.start('publishEventsWorkflow', {
        workflowId: publishEventsWorkflowId(tenantId, randomUUID()),
        taskQueue: taskQueues.uploads,
        args: [{ tenantId }],
      }),
    );
  } catch (error) {
    logger.warn({ err: error, tenantId }, 'events are sent later');
  }
}

async function audit(
  trx: Knex.Transaction,
  { tenant, keyId }: SubscriptionActor,
  action: AuditAction,
  subscriptionId: string | undefined,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { tenantId } = tenant;
  await writeAudit(trx, {
    actorKeyId: keyId,
    action,
    tenantId,
    details: { ...(subscriptionId && { subscriptionId }), ...details },
  });
}
