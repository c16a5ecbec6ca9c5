import type { RequestHandler } from 'express';
import { routeOf } from './route-of';
import type { Tracing } from '../platform/tracing';

/** The smallest status that is our fault. */
const serverError = 500;

/** A span for each request; what the request starts in Temporal is part of its trace. */
export function createRequestTracing({ tracer, startRequest, within }: Tracing): RequestHandler {
  return (req, res, next) => {
    const { span, context } = startRequest(tracer, req.headers, req.method);
    res.on('close', () => {
      const route = routeOf(req);
      if (route) span.updateName(`${req.method} ${route}`);
      span.setAttributes({ 'http.route': route ?? 'none', 'http.response.status_code': res.statusCode });
      if (res.statusCode >= serverError) span.setAttribute('error', true);
      span.end();
    });
    within(context, next);
  };
}
