import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { createDatabase } from '../db/client';
import { restartAcceptedUploads } from '../doors/start-upload';
import { loadConfig } from '../platform/config';
import { createLogger } from '../platform/logger';
import { createS3 } from '../platform/s3';
import { onShutdown } from '../platform/shutdown';
import { createTemporalClient } from '../platform/temporal-client';
import { createApp } from './app';
import { repeat } from './repeat';

const restartEveryMs = 30_000;
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
  const db = createDatabase(config.databaseUrl);
  const temporal = await createTemporalClient(config);
  const deps = {
    db,
    temporal: temporal.client,
    s3: createS3(config.aws),
    bucket: config.aws.bucket,
    logger,
    webFolder: path.join(top, 'web'),
    docsFolder: path.join(top, 'docs'),
    version: readVersion(),
  };
  const restarts = repeat(
    restartEveryMs,
    async () => {
      const restarted = await restartAcceptedUploads(deps);
      if (restarted > 0) logger.debug({ restarted }, 'accepted uploads were waiting for their workflow');
    },
    (error) => logger.warn({ err: error }, 'accepted uploads could not be started'),
  );

  const server = createServer(createApp(deps));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.api.port, config.api.host, resolve);
  });
  logger.info({ address: server.address() }, 'api listens');

  onShutdown(logger, async () => {
    await restarts.stop();
    await closeServer(server);
    await temporal.close();
    deps.s3.destroy();
    await db.destroy();
  });
}

main().catch((error: unknown) => {
  // The logger may be what failed.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
