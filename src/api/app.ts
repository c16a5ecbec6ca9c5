import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { importScopes } from '../doors/writers';
import { authenticate, authenticateOperations, requireScope } from './auth';
import type { ApiDeps } from './deps';
import { succeeded } from './envelope';
import { createErrorHandler, methodNotAllowed, notFound } from './errors';
import { createFloodGate } from './limits/flood-gate';
import { jsonBody } from './read-body';
import { createRequestLog } from './request-log';
import { createRequestMetrics, createRequestSeconds, type RequestSeconds } from './request-metrics';
import { createRequestTracing } from './request-tracing';
import { createApiKeyRoutes } from './routes/api-keys';
import { createAppdataRoutes } from './routes/appdata';
import { createAppfileRoutes, importFile } from './routes/appfile';
import { createAuditRoutes } from './routes/audit';
import { createConsoleRoutes } from './routes/console';
import { createEntityRoutes } from './routes/entities';
import { createEventRoutes } from './routes/events';
import { createHealthRoutes } from './routes/health';
import { importData } from './routes/import-data';
import { createMetricsRoutes } from './routes/metrics';
import { createPatientImportRoutes } from './routes/patient-import';
import { createRecordRoutes } from './routes/records';
import { createScheduleRoutes } from './routes/schedules';
import { createSftpUserRoutes } from './routes/sftp-users';
import { createSnapshotRoutes } from './routes/snapshots';
import { createSubscriptionRoutes } from './routes/subscriptions';
import { createTenantRoutes } from './routes/tenants';
import { createUploadRoutes } from './routes/uploads';
import { createSecurityHeaders } from './security-headers';

/** The HTTP API behind its gate against floods; `main.ts` gives it a port. */
export function createListener(deps: ApiDeps): RequestListener {
  const seconds = requestSecondsOf(deps);
  const app = createApp(deps, seconds);
  const isRefused = createFloodGate(deps, seconds);
  return (req, res) => void (isRefused(req, res) || app(req, res));
}

const requestSecondsOf = ({ metrics }: ApiDeps): RequestSeconds | undefined =>
  metrics && createRequestSeconds(metrics.registry);

/** Builds the HTTP API. */
export function createApp(deps: ApiDeps, seconds = requestSecondsOf(deps)): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', deps.trustedProxies ?? 0);
  if (deps.tracing) app.use(createRequestTracing(deps.tracing));
  if (seconds) app.use(createRequestMetrics(seconds));
  app.use(createRequestLog(deps.logger), createSecurityHeaders(deps.hsts ?? false));
  app.use(createHealthRoutes(deps), createConsoleRoutes(deps));
  if (deps.metrics) app.use(createMetricsRoutes(deps.metrics));

  // A client that leaves the content type out, or names another, still means JSON; it is read only once it is let in.
  const json = jsonBody(1024 * 1024);
  const letIn = authenticate(deps, { headersRequired: true });
  const careCloud = [letIn, json];
  // Its body is larger and read as bytes, so it comes before the rest.
  app
    .route('/appfile/file/import/data')
    .post(letIn, requireScope(...importScopes), importData(deps))
    .all(letIn, methodNotAllowed('POST'));
  app.use('/appfile', careCloud, createAppfileRoutes(deps));
  // The documentation's prose has another address for the import (data-model E-10).
  app.post('/appdata/import/file/async', careCloud, requireScope(...importScopes), importFile(deps));
  app.use('/appdata', careCloud, createAppdataRoutes(deps));
  // Clients refresh a cache of permissions after a 401 or 403 (data-model B.9); there is none here to be stale.
  app.post('/status/refresh', careCloud, refreshStatus);

  const native = [authenticate(deps, { headersRequired: false }), json];
  app.use('/v1/uploads', native, createUploadRoutes(deps));
  app.use('/v1/entities', native, createEntityRoutes());
  app.use('/v1/subscriptions', native, createSubscriptionRoutes(deps));
  app.use('/v1/events', native, createEventRoutes(deps));
  app.use('/v1/records', native, createRecordRoutes(deps));
  app.use('/v1/snapshots', native, createSnapshotRoutes(deps));
  app.use('/v1/schedules', native, createScheduleRoutes(deps));
  app.use('/v1/patient-import', native, createPatientImportRoutes());

  const operations = [authenticateOperations(deps), jsonBody(64 * 1024)];
  app.use('/v1/tenants', operations, createTenantRoutes(deps));
  app.use('/v1/api-keys', operations, createApiKeyRoutes(deps));
  app.use('/v1/sftp-users', operations, createSftpUserRoutes(deps));
  app.use('/v1/audit', operations, createAuditRoutes(deps));

  app.use(notFound);
  app.use(createErrorHandler(deps.logger));
  return app;
}

const refreshStatus: RequestHandler = (_req, res) => void res.json(succeeded(null));
