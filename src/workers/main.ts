import type { Context as ActivityContext } from '@temporalio/activity';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogEntry,
  type WorkerOptions,
} from '@temporalio/worker';
import { taskQueues } from '../contracts/task-queues';
import { createActivities } from '../activities';
import { createClassifyErrors } from '../activities/interceptors/classify-errors';
import { createDatabase } from '../db/client';
import { loadConfig } from '../platform/config';
import { createLogger, type Logger } from '../platform/logger';
import { createDataConverter } from '../platform/payload-codec';
import { createS3 } from '../platform/s3';
import { onShutdown } from '../platform/shutdown';
import { createSns } from '../platform/sns';
import { createTemporalClient } from '../platform/temporal-client';

/** Chunks that one worker works on at once: one parses while another waits for S3 or PostgreSQL. */
const recordsAtOnce = 3;

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel, name: 'worker' });
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => forward(logger, entry)),
    // The shutdown below stops worker and connections in order.
    shutdownSignals: [],
  });

  const db = createDatabase(config.databaseUrl);
  const temporal = await createTemporalClient(config);
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const activities = createActivities({
    db,
    s3: createS3(config.aws),
    sns: createSns(config.aws),
    temporal: temporal.client,
    logger,
    config,
  });
  const common = {
    connection,
    namespace: config.temporal.namespace,
    activities,
    dataConverter: createDataConverter(config.payloadKey),
    shutdownGraceTime: '20 seconds',
    maxHeartbeatThrottleInterval: '3 seconds',
    interceptors: {
      activity: [({ info }: ActivityContext) => ({ inbound: createClassifyErrors(logger, info.activityType) })],
    },
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: taskQueues.uploads, workflowsPath: require.resolve('../workflows') }),
    Worker.create({ ...common, taskQueue: taskQueues.records, maxConcurrentActivityTaskExecutions: recordsAtOnce }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  logger.info({ queues: Object.values(taskQueues) }, 'worker ready');

  onShutdown(logger, async () => {
    workers.forEach((worker) => worker.shutdown());
    await running;
    await connection.close();
    await temporal.close();
    await db.destroy();
  });
  await running;
}

/** Temporal's own lines in our log: message and ids, without what they may carry. */
function forward(logger: Logger, { level, message, meta }: LogEntry): void {
  const { workflowId, activityType, taskQueue, uploadId, error } = meta ?? {};
  const name = level.toLowerCase() as Lowercase<typeof level>;
  logger[name]({ workflowId, activityType, taskQueue, uploadId, ...(error ? { err: error } : {}) }, message);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'worker failed to start'}\n`);
  process.exit(1);
});
