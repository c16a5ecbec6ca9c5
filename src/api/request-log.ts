import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Logger } from '../platform/logger';
import { routeOf } from './route-of';

export function requestIdOf(res: Response): string {
  return res.locals.requestId as string;
}

/**
 * Gives every request an id and one line in the log. The line holds the route's pattern instead of the address: what a
 * caller puts into an address or query is theirs and may be personal.
 */
export function createRequestLog(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const requestId = randomUUID();
    const startedMs = performance.now();
    res.locals.requestId = requestId;
    res.set('X-Request-Id', requestId);
    res.on('close', () => {
      logger.info(
        {
          requestId,
          method: req.method,
          route: routeOf(req),
          status: res.statusCode,
          complete: res.writableFinished,
          tookMs: Math.round(performance.now() - startedMs),
          keyId: (res.locals.caller as { keyId?: string } | undefined)?.keyId,
        },
        'request',
      );
    });
    next();
  };
}
