import type { Context as ActivityContext } from '@temporalio/activity';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { createClassifyErrors } from '../activities/interceptors/classify-errors';
import { createMeasure } from '../activities/interceptors/measure';
import { createScopeLog } from '../activities/interceptors/scope-log';
import { createActivityMeter } from '../activities/meter';
import { taskQueues } from '../contracts/task-queues';
import { createDatabase } from '../db/client';
import { loadConfig } from '../platform/config';
import { pickPort } from '../platform/free-port';
import { createLogger } from '../platform/logger';
import { createMetrics, serveMetrics } from '../platform/metrics';
import { createDataConverter } from '../platform/payload-codec';
import { createS3 } from '../platform/s3';
import { onShutdown } from '../platform/shutdown';
import { createSns } from '../platform/sns';
import { createTemporalClient } from '../platform/temporal-client';
import { startTracing } from '../platform/tracing';
import { versioningOptions } from '../platform/worker-deployment';
import { installRuntime } from './runtime';
import { queuesOf, readWorkerClass } from './worker-class';
import { workflowCode } from './workflow-code';

/** Steps of batches that one worker works on at once; each is a matter of milliseconds. */
const batchesAtOnce = 4;

async function main(): Promise<void> {
  const config = loadConfig();
  const workerClass = readWorkerClass(process.argv);
  const logger = createLogger({ level: config.logLevel, name: 'worker' });
  const sdkMetrics = `127.0.0.1:${await pickPort()}`;
  installRuntime(logger, sdkMetrics);
  const metrics = createMetrics([`http://${sdkMetrics}/metrics`]);
  const meter = createActivityMeter(metrics.registry);
  const tracing = await startTracing(config.otelEndpoint, `careway-worker-${workerClass}`);

  const queues = queuesOf(workerClass);
  // A commit takes three connections, a plan one for each entity, and what is short must not wait for them.
  const connections = { uploads: 12, batches: 2 * batchesAtOnce, records: 4 * config.recordsAtOnce };
  const db = createDatabase(
    config.databaseUrl,
    queues.reduce((sum, queue) => sum + connections[queue], 0),
  );
  const temporal = await createTemporalClient(config, tracing);
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const activities = createActivities({
    db,
    s3: createS3(config.aws),
    sns: createSns(config.aws),
    temporal: temporal.client,
    logger,
    config,
    meter,
  });
  const common = {
    connection,
    namespace: config.temporal.namespace,
    activities,
    dataConverter: createDataConverter(config.payloadKey),
    plugins: tracing ? [tracing.plugin] : [],
    ...versioningOptions(config.buildId),
    // What an activity does not finish in this time it hands on; supervisors must wait longer before they kill.
    shutdownGraceTime: '20 seconds',
    maxHeartbeatThrottleInterval: '3 seconds',
    interceptors: {
      activity: [
        ({ info }: ActivityContext) => ({ inbound: createScopeLog(info) }),
        ({ info }: ActivityContext) => ({ inbound: createMeasure(meter, info.activityType) }),
        ({ info }: ActivityContext) => ({ inbound: createClassifyErrors(logger, info.activityType) }),
      ],
    },
  } satisfies Partial<WorkerOptions>;
  const ofQueue = {
    uploads: { taskQueue: taskQueues.uploads, ...workflowCode(tracing) },
    batches: { taskQueue: taskQueues.batches, maxConcurrentActivityTaskExecutions: batchesAtOnce },
    records: { taskQueue: taskQueues.records, maxConcurrentActivityTaskExecutions: config.recordsAtOnce },
  } satisfies Record<keyof typeof taskQueues, WorkerOptions>;
  const workers = await Promise.all(queues.map((queue) => Worker.create({ ...common, ...ofQueue[queue] })));
  const metricsServer = await serveMetrics(metrics, config.metrics);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const { buildId } = config;
  logger.info({ workerClass, queues, buildId, metricsPort: metricsServer.port }, 'worker ready');

  onShutdown(logger, async () => {
    workers.forEach((worker) => worker.shutdown());
    await running;
    await metricsServer.close();
    await connection.close();
    await temporal.close();
    await db.destroy();
    await tracing?.close();
  });
  await running;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'worker failed to start'}\n`);
  process.exit(1);
});
