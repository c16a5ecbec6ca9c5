import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { listEvents, placeEvents, type ListedEvent } from '../../db/queries/events';
import { eventMessage } from '../../domain/events/event-message';
import { eventTypes } from '../../domain/events/event-types';
import { redeliver } from '../../doors/subscriptions';
import { Refusal } from '../../doors/refusal';
import { requireScope, tenantOf } from '../auth';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne, readSome } from '../paging';
import { isId, parseFields } from '../request-fields';
import { actorOf } from './subscriptions';

const position = z.tuple([z.string().regex(/^\d{1,18}$/)]);
const redelivery = z.strictObject({ subscriptionId: z.string().optional() });

/** What a tenant's subscribers are told, to be read again for 30 days. */
export function createEventRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope('query', 'ccn'));
  routes.route('/').get(showEvents(deps)).all(methodNotAllowed('GET'));
  routes.route('/:eventId/redeliver').post(sendAgain(deps)).all(methodNotAllowed('POST'));
  return routes;
}

function showEvents({ db }: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { tenantId } = tenantOf(res);
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const after = readOne(req.query.after, 'after');
    const afterPlace = after === undefined ? '0' : decodeCursor(position, after)[0];
    const types = req.query.eventTypes === undefined ? null : readSome(req.query.eventTypes, 'eventTypes', eventTypes);
    // Events are read also while SNS is away and nobody has sent them.
    await placeEvents(db, tenantId);
    const found = await listEvents(db, { tenantId, afterPlace, eventTypes: types, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    res.json({
      events: page.map(describe),
      nextCursor: encodeCursor([last?.place ?? afterPlace]),
      hasMore: found.length > limit,
    });
  };
}

function sendAgain(deps: ApiDeps): RequestHandler<{ eventId: string }> {
  return async (req, res) => {
    const { eventId } = req.params;
    const { subscriptionId } = parseFields(redelivery, req.body ?? {});
    if (!isId(eventId)) throw new Refusal('NOT_FOUND', 'There is no such event.');
    if (subscriptionId !== undefined && !isId(subscriptionId)) {
      throw new Refusal('NOT_FOUND', 'There is no such subscription.');
    }
    const event = await redeliver(deps.subscriptions, actorOf(res), { eventId, subscriptionId });
    res.status(202).json({ ...describe(event), redeliverTo: subscriptionId ?? 'all' });
  };
}

function describe(event: ListedEvent): object {
  const { eventId, eventType, createdAt, publishedAt } = event;
  return {
    eventId,
    eventType,
    createdAt: createdAt.toISOString(),
    publishedAt: publishedAt?.toISOString() ?? null,
    message: eventMessage(event),
  };
}
