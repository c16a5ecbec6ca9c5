import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { createTenantDatabase } from '../db/client';
import { loadConfig } from '../platform/config';
import { createLogger } from '../platform/logger';
import { createMetrics, serveMetrics } from '../platform/metrics';
import { patience, type Patience } from '../platform/patience';
import { repeat } from '../platform/repeat';
import { createS3 } from '../platform/s3';
import { onShutdown } from '../platform/shutdown';
import { openHostKeys } from './host-keys';
import { startSftpServer } from './server';

const watchEveryMs = 2_000;
const loginMs = 30_000;
const idleMs = 15 * 60_000;
const checkTimeoutMs = 3_000;
const finishWithinMs = 10_000;

/** Readers that take their time hold a socket each, more of them than the SDK opens by itself. */
function patienceWith(maxSockets: number): Patience {
  const agent = { keepAlive: true, maxSockets };
  const { requestHandler, ...rest } = patience.ofWorkers;
  return { ...rest, requestHandler: { ...requestHandler, httpAgent: agent, httpsAgent: agent } };
}

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger({ level: config.logLevel, name: 'careway-sftp' });
  const hostKeys = openHostKeys(config.sftp.hostKeysFolder);
  const db = createTenantDatabase(config.databaseUrl);
  const store = { s3: createS3(config.aws, patienceWith(2 * config.sftp.transfers + 50)), bucket: config.aws.bucket };
  const metrics = createMetrics();
  const { connections, connectionsPerAddress, transfers } = config.sftp;
  const limits = {
    inAll: connections,
    perAddress: connectionsPerAddress,
    // The other half is for who has logged in.
    strangersPerAddress: Math.ceil(connectionsPerAddress / 2),
    loginMs,
    idleMs,
    transfers,
  };
  const { maxFileBytes } = config.limits;
  const server = await startSftpServer(
    { db, store, hostKeys, logger, metrics, maxFileBytes, limits },
    { host: config.sftp.host, port: config.sftp.port },
  );
  const metricsServer = await serveMetrics(metrics, config.metrics, async () => {
    const abortSignal = AbortSignal.timeout(checkTimeoutMs);
    await Promise.all([
      db.raw('SELECT 1').timeout(checkTimeoutMs),
      store.s3.send(new HeadBucketCommand({ Bucket: store.bucket }), { abortSignal }),
    ]);
    return true;
  });

  const watch = repeat(watchEveryMs, server.watch, (error) =>
    logger.warn({ err: error }, 'connections could not be looked over'),
  );
  const { fingerprints } = hostKeys;
  logger.info({ port: server.port, metricsPort: metricsServer.port, fingerprints }, 'sftp listens');

  onShutdown(logger, async () => {
    await server.close(finishWithinMs);
    await watch.stop();
    await metricsServer.close();
    store.s3.destroy();
    await db.destroy();
  });
}

main().catch((error: unknown) => {
  // The logger may be what failed.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
