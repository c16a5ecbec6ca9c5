import type { Request } from 'express';

/**
 * The pattern of the route that took a request, or null. Never the address: what a caller puts into it is theirs and may
 * be personal.
 */
export function routeOf(req: Request): string | null {
  const route = (req.route as { path?: unknown } | undefined)?.path;
  return typeof route === 'string' ? req.baseUrl + route : null;
}
