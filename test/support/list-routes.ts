import { Router } from 'express';

/*
 * Express 5 compiles the path of a mounted router away, so the paths are noted while an application is built.
 */

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: unknown;
}
type RouterLike = { stack: Layer[] };
type Use = (this: RouterLike, ...args: unknown[]) => unknown;

/** Every `METHOD /path` that an application answers; `ALL` where a route takes any method. */
export function listRoutes(build: () => unknown): string[] {
  const prototype = Router.prototype as unknown as { use: Use };
  const { use } = prototype;
  const mounts = new Map<Layer, string>();
  prototype.use = function note(...args) {
    const before = this.stack.length;
    const result = use.apply(this, args);
    const path = typeof args[0] === 'string' ? args[0] : '';
    this.stack.slice(before).forEach((layer) => mounts.set(layer, path === '/' ? '' : path));
    return result;
  };
  try {
    const app = build() as { router: RouterLike };
    return walk(app.router, '', mounts).sort();
  } finally {
    prototype.use = use;
  }
}

function walk({ stack }: RouterLike, prefix: string, mounts: ReadonlyMap<Layer, string>): string[] {
  return stack.flatMap((layer) => {
    const { route, handle } = layer;
    if (route)
      return methodsOf(route).flatMap((method) => [route.path].flat().map((path) => `${method} ${join(prefix, path)}`));
    const nested = handle as Partial<RouterLike>;
    return nested.stack ? walk(nested as RouterLike, prefix + (mounts.get(layer) ?? ''), mounts) : [];
  });
}

/** The `all` that refuses other methods is no endpoint of its own, unless it is all there is. */
function methodsOf({ methods }: NonNullable<Layer['route']>): string[] {
  const named = Object.keys(methods).filter((method) => method !== '_all');
  return named.length > 0 ? named.map((method) => method.toUpperCase()) : ['ALL'];
}

const join = (prefix: string, path: string): string => (path === '/' && prefix ? prefix : prefix + path);
