import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hashApiKey } from '../../db/queries/api-keys';
import { httpStatusOf } from '../../domain/codes';
import type { ApiDeps } from '../deps';
import { answerEarly, hasMuchToCome } from '../early-answer';
import { describeRefusal } from '../errors';
import type { RequestSeconds } from '../request-metrics';
import { securityHeaders } from '../security-headers';
import { retryAfter, tooManyRequests } from './limiter';
import { createPacer, type Pace } from './pacer';
import { createRefusalLog } from './refusal-log';

/** Where a key is asked for. */
const guarded = /^\/(appfile|appdata|status|v1)\//i;

/**
 * Refusals go out no faster than this, 2,500 a second from one process: whoever floods over some connections waits for
 * them, and the time in between is for the requests of others. None waits for more than a second; when so many wait
 * already, the answer goes out at once and the connection is closed.
 */
const pace: Pace = { everyMs: 10, atOnce: 25, mostWaiting: 2_500 };

const status = httpStatusOf(tooManyRequests.code);

/**
 * Turns requests of a key above its rate away before anything else is done for them. It only says sooner what
 * `authenticate` would say of the same request: a refusal that has gone through Express, with a line in the log and a span,
 * costs four times as much, and a flood of them slows everybody.
 * @returns whether the request is refused; one that is not has not been touched
 */
export function createFloodGate(
  { limiter, logger, hsts }: Pick<ApiDeps, 'limiter' | 'logger' | 'hsts'>,
  seconds: RequestSeconds | undefined,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const constant = { ...securityHeaders(hsts ?? false), 'Content-Type': 'application/json; charset=utf-8' };
  const count = createRefusalLog(logger);
  const inPace = createPacer(pace);

  return (req, res) => {
    const presented = req.headers['x-api-key'];
    if (typeof presented !== 'string' || !guarded.test(req.url ?? '')) return false;
    const foreseen = limiter.foreseeRefusal(hashApiKey(presented));
    if (!foreseen) return false;

    const startedMs = performance.now();
    const requestId = randomUUID();
    count(requestId, foreseen.rootKeyId);
    const headers = { ...constant, 'X-Request-Id': requestId, 'Retry-After': retryAfter(foreseen.waitSeconds) };
    const refuse = (): void => {
      const took = (performance.now() - startedMs) / 1000;
      seconds?.observe({ method: req.method, route: 'none', status: String(status) }, took);
      answer(req, res, headers, describeRefusal(tooManyRequests, requestId, req.url ?? ''));
    };
    if (inPace(refuse)) return true;
    // A connection that is made anew for every request brings fewer of them.
    res.setHeader('Connection', 'close');
    refuse();
    return true;
  };
}

function answer(req: IncomingMessage, res: ServerResponse, headers: Record<string, string>, body: object): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (hasMuchToCome(req)) void answerEarly(req, res, body);
  else res.end(JSON.stringify(body));
}
