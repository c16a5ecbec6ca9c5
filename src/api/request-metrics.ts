import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { routeOf } from './route-of';

export type RequestSeconds = Histogram<'method' | 'route' | 'status'>;

/** What counts and times requests by method, pattern of the route and status. */
export function createRequestSeconds(registry: Registry): RequestSeconds {
  return new Histogram({
    name: 'careway_http_request_seconds',
    help: 'HTTP requests by method, route pattern and status; route is "none" where no route took it',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 20],
    registers: [registry],
  });
}

export function createRequestMetrics(seconds: RequestSeconds): RequestHandler {
  return (req, res, next) => {
    const stop = seconds.startTimer({ method: req.method });
    res.on('close', () => stop({ route: routeOf(req) ?? 'none', status: String(res.statusCode) }));
    next();
  };
}
