import { Router, type Request } from 'express';
import type { Metrics } from '../../platform/metrics';
import { methodNotAllowed, notFound } from '../errors';

/** Set by every proxy: what comes through one comes from outside. */
const proxyHeaders = ['x-forwarded-for', 'forwarded', 'via'];

/**
 * `GET /metrics` for a scraper on the same machine. The API's port is open to the world and metrics are not for it; a
 * scraper elsewhere takes them from CAREWAY_METRICS_PORT, which stays within the cluster.
 */
export function createMetricsRoutes(metrics: Metrics): Router {
  const routes = Router();
  routes
    .route('/metrics')
    .get((req, res, next) => {
      if (!isLocal(req)) return notFound(req, res, next);
      metrics.text().then((text) => res.set('Content-Type', metrics.contentType).end(text), next);
    })
    .all(methodNotAllowed('GET'));
  return routes;
}

function isLocal(req: Request): boolean {
  const address = req.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || /^(::ffff:)?127\./.test(address);
  return isLoopback && !proxyHeaders.some((name) => name in req.headers);
}
