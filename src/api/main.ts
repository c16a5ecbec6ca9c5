import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import path from 'node:path';
import { createTenantDatabase } from '../db/client';
import { acrossTenants } from '../db/scope';
import { ensureSchedules } from '../doors/nightly-sync';
import { sweepLeftovers } from '../doors/sweep-leftovers';
import { restartAcceptedUploads } from '../doors/start-upload';
import { loadConfig } from '../platform/config';
import { createLogger } from '../platform/logger';
import { createMetrics, serveMetrics } from '../platform/metrics';
import { patience } from '../platform/patience';
import { createS3 } from '../platform/s3';
import { onShutdown } from '../platform/shutdown';
import { createSns } from '../platform/sns';
import { createTemporalClient } from '../platform/temporal-client';
import { startTracing } from '../platform/tracing';
import { createListener } from './app';
import { addBacklogMetrics } from './backlog-metrics';
import { addWaitingReadersMetric, createChangeWatch } from './change-watch';
import { createLimiter } from './limits/limiter';
import { openServer } from './open-server';
import { repeat } from '../platform/repeat';

const restartEveryMs = 30_000;
const sweepEveryMs = 60 * 60_000;
const scheduleEveryMs = 5 * 60_000;
/** How far what other processes counted for a key may be behind. */
const countEveryMs = 1_000;
const finishWithinMs = 10_000;
/** From `dist/src/api` to the top of the repository. */
const top = path.resolve(__dirname, '../../..');

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** Lets requests finish, but not those of readers who take for ever. */
async function closeServer(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), finishWithinMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(impatience);
}

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel, name: 'careway-api' });
  const db = createTenantDatabase(config.databaseUrl);
  const metrics = createMetrics();
  addBacklogMetrics(metrics.registry, db);
  const tracing = await startTracing(config.otelEndpoint, 'careway-api');
  const temporal = await createTemporalClient(config, tracing);
  const sns = createSns(config.aws);
  const deps = {
    db,
    subscriptions: {
      db,
      temporal: temporal.client,
      logger,
      sns,
      topicArn: config.aws.topicArn,
      allowLoopback: config.api.allowLoopbackSubscribers,
    },
    temporal: temporal.client,
    s3: createS3(config.aws, patience.ofRequests),
    bucket: config.aws.bucket,
    logger,
    webFolder: path.join(top, 'web'),
    docsFolder: path.join(top, 'docs'),
    version: readVersion(),
    metrics,
    tracing,
    limiter: createLimiter(db, config.api.keyLimits),
    changes: createChangeWatch(db, logger),
    maxFileBytes: config.limits.maxFileBytes,
    hsts: config.api.tls !== undefined,
    trustedProxies: config.api.trustedProxies,
    temporalUi: config.temporal.uiUrl
      ? { url: config.temporal.uiUrl, namespace: config.temporal.namespace }
      : undefined,
  };
  addWaitingReadersMetric(metrics.registry, deps.changes);
  const restarts = repeat(
    restartEveryMs,
    async () => {
      const restarted = await acrossTenants(() => restartAcceptedUploads(deps));
      if (restarted > 0) logger.debug({ restarted }, 'accepted uploads were waiting for their workflow');
    },
    (error) => logger.warn({ err: error }, 'accepted uploads could not be started'),
  );

  const schedules = repeat(
    scheduleEveryMs,
    () => acrossTenants(() => ensureSchedules(deps)),
    (error) => logger.warn({ err: error }, 'schedules could not be looked after'),
  );

  const leftovers = repeat(
    sweepEveryMs,
    async () => {
      const removed = await acrossTenants(() => sweepLeftovers(db));
      logger.debug(removed, 'leftovers are gone');
    },
    (error) => logger.warn({ err: error }, 'leftovers could not be removed'),
  );

  const counts = repeat(countEveryMs, deps.limiter.flush, (error) =>
    logger.warn({ err: error }, 'requests could not be counted'),
  );

  const server = openServer(config.api.tls, createListener(deps));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.api.port, config.api.host, resolve);
  });
  const metricsServer = await serveMetrics(metrics, config.metrics);
  logger.info({ address: server.address(), metricsPort: metricsServer.port }, 'api listens');

  onShutdown(logger, async () => {
    await restarts.stop();
    await schedules.stop();
    await leftovers.stop();
    deps.changes.stop();
    await closeServer(server);
    await metricsServer.close();
    await counts.stop();
    await deps.limiter.flush();
    await temporal.close();
    deps.s3.destroy();
    sns.destroy();
    await db.destroy();
    await tracing?.close();
  });
}

main().catch((error: unknown) => {
  // The logger may be what failed.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
