import { Router, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { readLags, type Subscription, type SubscriptionLag } from '../../db/queries/subscriptions';
import { eventTypes } from '../../domain/events/event-types';
import {
  createSubscription,
  currentSubscriptions,
  deleteSubscription,
  pauseSubscription,
  refresh,
  requireSubscription,
  resumeSubscription,
  sendTestEvent,
  type SubscriptionActor,
} from '../../doors/subscriptions';
import { Refusal } from '../../doors/refusal';
import { callerKeyOf, requireScope, tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { isId, parseFields } from '../request-fields';

const newSubscription = z.strictObject({
  endpoint: z.string().trim().min(1),
  eventTypes: z.array(z.enum(eventTypes)).min(1).max(eventTypes.length),
});

type ById = RequestHandler<{ subscriptionId: string }>;

/** Where a tenant's events go (data-model C.3). Who may read the records may hear of them. */
export function createSubscriptionRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope('query', 'ccn'));
  routes.route('/').post(makeSubscription(deps)).get(showSubscriptions(deps)).all(methodNotAllowed('GET', 'POST'));
  routes
    .route('/:subscriptionId')
    .get(showSubscription(deps))
    .delete(endSubscription(deps))
    .all(methodNotAllowed('GET', 'DELETE'));
  routes.route('/:subscriptionId/pause').post(act(deps, pauseSubscription)).all(methodNotAllowed('POST'));
  routes.route('/:subscriptionId/resume').post(act(deps, resumeSubscription)).all(methodNotAllowed('POST'));
  routes.route('/:subscriptionId/test').post(test(deps)).all(methodNotAllowed('POST'));
  return routes;
}

export function actorOf(res: Response): SubscriptionActor {
  return { tenant: tenantOf(res), keyId: callerKeyOf(res) };
}

function makeSubscription(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const request = parseFields(newSubscription, req.body);
    const { subscription, created } = await createSubscription(deps.subscriptions, actorOf(res), request);
    res.location(`/v1/subscriptions/${subscription.subscriptionId}`);
    res.status(created ? 201 : 200).json(await describe(deps, subscription));
  };
}

function showSubscriptions(deps: ApiDeps): RequestHandler {
  return async (_req, res) => {
    const { tenantId } = tenantOf(res);
    const found = await currentSubscriptions(deps.subscriptions, tenantId);
    const lags = await readLags(deps.db, tenantId);
    res.json({ subscriptions: found.map((each) => view(each, lags)) });
  };
}

function showSubscription(deps: ApiDeps): ById {
  return async (req, res) => {
    res.json(await describe(deps, await refresh(deps.subscriptions, await find(deps, res, req.params))));
  };
}

function endSubscription(deps: ApiDeps): ById {
  return async (req, res) => {
    await deleteSubscription(deps.subscriptions, actorOf(res), await find(deps, res, req.params));
    res.status(204).end();
  };
}

function act(deps: ApiDeps, change: typeof pauseSubscription): ById {
  return async (req, res) => {
    const known = await refresh(deps.subscriptions, await find(deps, res, req.params));
    await change(deps.subscriptions, actorOf(res), known);
    res.json(await describe(deps, await find(deps, res, req.params)));
  };
}

function test(deps: ApiDeps): ById {
  return async (req, res) => {
    const known = await refresh(deps.subscriptions, await find(deps, res, req.params));
    res.status(202).json({ eventId: await sendTestEvent(deps.subscriptions, actorOf(res), known) });
  };
}

async function find({ db }: ApiDeps, res: Response, params: { subscriptionId: string }): Promise<Subscription> {
  if (!isId(params.subscriptionId)) throw new Refusal('NOT_FOUND', 'There is no such subscription.');
  return requireSubscription(db, tenantOf(res).tenantId, params.subscriptionId);
}

async function describe({ db }: ApiDeps, subscription: Subscription): Promise<object> {
  return view(subscription, await readLags(db, subscription.tenantId, subscription.subscriptionId));
}

function view(subscription: Subscription, lags: readonly SubscriptionLag[]): object {
  const { subscriptionId, protocol, endpoint, target, status, subscriptionArn } = subscription;
  const lag = lags.find((each) => each.subscriptionId === subscriptionId);
  return {
    subscriptionId,
    protocol,
    endpoint,
    // SNS has one subscription of an endpoint, so that another one goes to it with an addition.
    deliveredTo: target,
    eventTypes: subscription.eventTypes,
    status,
    subscriptionArn,
    createdAt: subscription.createdAt.toISOString(),
    sentEvents: Number(subscription.sentEvents),
    lastSentAt: subscription.lastSentAt?.toISOString() ?? null,
    lastEventId: subscription.lastEventId,
    lag: { events: lag?.waiting ?? 0, oldestSeconds: Math.round(lag?.oldestSeconds ?? 0) },
  };
}
