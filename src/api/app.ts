import express, { type Express, type RequestHandler } from 'express';
import { authenticate, requireScope } from './auth';
import type { ApiDeps } from './deps';
import { succeeded } from './envelope';
import { createErrorHandler, notFound } from './errors';
import { createRequestLog } from './request-log';
import { createAppdataRoutes } from './routes/appdata';
import { createAppfileRoutes, importFile } from './routes/appfile';
import { createConsoleRoutes } from './routes/console';
import { createEntityRoutes } from './routes/entities';
import { createHealthRoutes } from './routes/health';
import { createUploadRoutes } from './routes/uploads';
import { securityHeaders } from './security-headers';

/** Builds the HTTP API; `main.ts` gives it a port. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(createRequestLog(deps.logger), securityHeaders);
  app.use(createHealthRoutes(deps), createConsoleRoutes(deps));

  // A client that leaves the content type out, or names another, still means JSON; it is read only once it is let in.
  const json = express.json({ limit: '1mb', type: () => true });
  const careCloud = [authenticate(deps.db, { headersRequired: true }), json];
  app.use('/appfile', careCloud, createAppfileRoutes(deps));
  // The documentation's prose has another address for the import (data-model E-10).
  app.post('/appdata/import/file/async', careCloud, requireScope('upload'), importFile(deps));
  app.use('/appdata', careCloud, createAppdataRoutes());
  // Clients refresh a cache of permissions after a 401 or 403 (data-model B.9); there is none here to be stale.
  app.post('/status/refresh', careCloud, refreshStatus);

  const native = [authenticate(deps.db, { headersRequired: false }), json];
  app.use('/v1/uploads', native, createUploadRoutes(deps));
  app.use('/v1/entities', native, createEntityRoutes());

  app.use(notFound);
  app.use(createErrorHandler(deps.logger));
  return app;
}

const refreshStatus: RequestHandler = (_req, res) => void res.json(succeeded(null));
