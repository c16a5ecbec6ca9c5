import type { S3Client } from '@aws-sdk/client-s3';
import type { Knex } from 'knex';
import { createDatabase } from '../../src/db/client';
import { createS3 } from '../../src/platform/s3';
import { anyPorts, startInfrastructure, type Infrastructure } from '../../scripts/stack/infrastructure';
import { temporaryFolder } from '../../scripts/stack/temporary-folder';

/** The real parts, one set for a whole mocha run: PostgreSQL, Temporal, S3 and SNS on free loopback ports. */
export interface TestStack extends Infrastructure {
  /** A pool on the service's database. It outlives `restartPostgres`: lost connections are replaced. */
  db: Knex;
  s3: S3Client;
}

let running: Promise<TestStack> | undefined;

/** The stack of this run, started when the first test asks for it: `before(async () => (stack = await useStack()))`. */
export function useStack(): Promise<TestStack> {
  running ??= start();
  return running;
}

/** For the root hook. */
export async function stopStack(): Promise<void> {
  if (!running) return;
  const stack = await running.catch(() => undefined);
  running = undefined;
  if (!stack) return;
  await stack.db.destroy();
  stack.s3.destroy();
  await stack.stop();
}

async function start(): Promise<TestStack> {
  // SNS tries again after 20 seconds at first, and for an hour: here in twentieths of that.
  process.env.SNS_DELAY_SCALE ??= '0.05';
  const infrastructure = await startInfrastructure({
    dataDir: temporaryFolder('test'),
    temporary: true,
    ports: anyPorts,
    // A killed PostgreSQL still recovers; only a power cut would lose what a test wrote.
    postgresSettings: { fsync: 'off', max_connections: '200' },
    report: (line) => process.stderr.write(`! ${line}\n`),
  });
  // Tests ask as fast as they can; those of the limits set their own.
  Object.assign(infrastructure.env, { CAREWAY_REQUESTS_PER_SECOND: '5000', CAREWAY_REQUEST_BURST: '5000' });
  const db = createDatabase(infrastructure.databaseUrl);
  const s3 = createS3(infrastructure.config.aws);
  return { ...infrastructure, db, s3 };
}
