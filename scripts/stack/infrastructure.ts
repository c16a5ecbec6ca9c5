import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrate } from '../../src/db/migrate';
import { loadConfig, type Config } from '../../src/platform/config';
import { pickPort } from '../../src/platform/free-port';
import { awsCredentials, ensureAwsResources } from './aws-resources';
import type { Child } from './child';
import { readComponents } from './components';
import { startMinistack } from './ministack';
import { moveAside } from './move-aside';
import { defaultDataDir } from './paths';
import { startPostgres, type Postgres } from './postgres';
import { openRunLedger } from './run-ledger';
import { registerSearchAttributes } from './search-attributes';
import { createStopList } from './stop-list';
import { startTemporal, waitForTemporal } from './temporal';

/** Where a developer expects each part; a taken one gives way to any free port. */
export const preferredPorts = { api: 8080, sftp: 2222, temporal: 7233, temporalUi: 8233, postgres: 5433, aws: 4566 };
export const anyPorts: typeof preferredPorts = { api: 0, sftp: 0, temporal: 0, temporalUi: 0, postgres: 0, aws: 0 };

export interface InfrastructureOptions {
  dataDir: string;
  /** Remove the data folder at the end. */
  temporary: boolean;
  ports: typeof preferredPorts;
  postgresSettings?: Record<string, string>;
  report: (line: string) => void;
}

export interface Infrastructure {
  dataDir: string;
  logDir: string;
  databaseUrl: string;
  /** Undefined when DATABASE_URL names a server that is not ours. */
  postgres?: Postgres;
  temporalAddress: string;
  temporalUiUrl: string;
  /** Undefined when AWS_ENDPOINT_URL names a server that is not ours. */
  aws?: Interruptible;
  s3Endpoint: string;
  snsEndpoint: string;
  bucket: string;
  topicArn: string;
  apiPort: number;
  sftpPort: number;
  /** What every process of the service takes, and the same read. */
  env: NodeJS.ProcessEnv;
  config: Config;
  /** Watches a child: it is reported when it ends before its time, and ended when a killed run left it behind. */
  watch(child: Child): void;
  /** Adds what has to stop before everything that is up now. */
  onStop(name: string, stop: () => Promise<void>): void;
  stop(): Promise<void>;
}

/** A part that can be away for a while. */
export interface Interruptible {
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Brings up everything the service stands on, migrated and ready: database, Temporal, S3, SNS. */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  const { dataDir, report } = options;
  const logDir = path.join(dataDir, 'logs');
  const stops = createStopList(report);
  const ledger = await openRunLedger(path.join(defaultDataDir, 'runs'), dataDir, options);
  stops.add('ledger', async () => ledger.close());

  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await stops.stopAll();
  };
  const watch = (child: Child): void => {
    ledger.record(child);
    void child.exited.then((how) => {
      if (!stopping && !child.isStopping()) report(`${child.name} ended by itself (${how}), see ${child.logFile}`);
    });
  };
  const port = async (name: keyof typeof preferredPorts): Promise<number> => {
    const picked = await pickPort(options.ports[name]);
    if (options.ports[name] && picked !== options.ports[name]) {
      report(`port ${options.ports[name]} (${name}) is taken, using ${picked}`);
    }
    return picked;
  };

  try {
    mkdirSync(dataDir, { recursive: true });
    const database = await startDatabase();
    const aws = await startAws();
    const temporal = await startTemporalServer(database.postgres?.fresh ?? false);
    const bucket = process.env.CAREWAY_BUCKET ?? 'careway-files';
    Object.assign(process.env, awsCredentials());
    const topicArn = await ensureAwsResources(aws, bucket, process.env.CAREWAY_TOPIC ?? 'careway-events');
    await migrate(database.databaseUrl);
    const apiPort = await port('api');
    const sftpPort = await port('sftp');
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      CAREWAY_DATABASE_URL: database.databaseUrl,
      CAREWAY_TEMPORAL_ADDRESS: temporal.temporalAddress,
      CAREWAY_TEMPORAL_UI_URL: temporal.temporalUiUrl,
      CAREWAY_S3_ENDPOINT: aws.s3Endpoint,
      CAREWAY_SNS_ENDPOINT: aws.snsEndpoint,
      CAREWAY_AWS_REGION: aws.region,
      CAREWAY_BUCKET: bucket,
      CAREWAY_TOPIC_ARN: topicArn,
      // Subscribers of an embedded SNS are on this machine.
      CAREWAY_LOOPBACK_SUBSCRIBERS: process.env.AWS_ENDPOINT_URL ? 'refuse' : 'allow',
      CAREWAY_PAYLOAD_KEY: payloadKey(dataDir),
      CAREWAY_API_PORT: String(apiPort),
      CAREWAY_SFTP_PORT: String(sftpPort),
      CAREWAY_SFTP_HOST_KEYS: path.join(dataDir, 'sftp-host-keys'),
    };
    const config = loadConfig(env);
    // The embedded server has them from its command line.
    if (process.env.TEMPORAL_ADDRESS) await registerSearchAttributes(config, report);
    return {
      dataDir,
      logDir,
      ...database,
      ...temporal,
      ...aws,
      bucket,
      topicArn,
      apiPort,
      sftpPort,
      env,
      config,
      watch,
      onStop: stops.add,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function startDatabase(): Promise<{ databaseUrl: string; postgres?: Postgres }> {
    const external = process.env.DATABASE_URL;
    if (external) return { databaseUrl: external };
    const settings = options.postgresSettings;
    const place = { dataDir, logDir, port: await port('postgres'), settings };
    const postgres = await startPostgres({ ...place, report, onStart: watch });
    stops.add('postgres', async () => {
      await postgres.stop();
      if (options.temporary) rmSync(postgres.folder, { recursive: true, force: true });
    });
    return { databaseUrl: postgres.databaseUrl, postgres };
  }

  async function startAws(): Promise<{
    region: string;
    s3Endpoint: string;
    snsEndpoint: string;
    aws?: Interruptible;
  }> {
    const region = process.env.AWS_REGION ?? 'us-east-1';
    const external = process.env.AWS_ENDPOINT_URL;
    if (external) return { region, s3Endpoint: external, snsEndpoint: external };
    const program = readComponents().ministack;
    if (program.kind !== 'program') throw new Error('AWS_ENDPOINT_URL was set for the bootstrap alone');
    const awsPort = await port('aws');
    const launch = (): Promise<Child> => startMinistack({ program, dataDir, logDir, port: awsPort, onStart: watch });
    let child = await launch();
    stops.add('ministack', () => child.stop());
    const endpoint = `http://127.0.0.1:${awsPort}`;
    const aws: Interruptible = {
      // In order: a killed emulator forgets its subscriptions, which SNS would not.
      stop: () => child.stop(),
      start: async () => {
        child = await launch();
      },
    };
    return { region: 'us-east-1', s3Endpoint: endpoint, snsEndpoint: endpoint, aws };
  }

  async function startTemporalServer(
    databaseIsFresh: boolean,
  ): Promise<{ temporalAddress: string; temporalUiUrl: string }> {
    const external = process.env.TEMPORAL_ADDRESS;
    if (external) {
      await waitForTemporal(external);
      const guess = `http://${external.split(':')[0]}:8233`;
      return { temporalAddress: external, temporalUiUrl: process.env.TEMPORAL_UI_URL ?? guess };
    }
    const program = readComponents().temporal;
    if (program.kind !== 'program') throw new Error('TEMPORAL_ADDRESS was set for the bootstrap alone');
    // Workflows of uploads that no database knows would fail for ever.
    if (databaseIsFresh)
      moveAside(path.join(dataDir, 'temporal.db'), 'Temporal data belongs to the last database', report);
    const ports = { port: await port('temporal'), uiPort: await port('temporalUi') };
    const child = await startTemporal({ program, dataDir, logDir, ...ports, onStart: watch });
    stops.add('temporal', () => child.stop());
    const temporalUiUrl = `http://127.0.0.1:${ports.uiPort}`;
    return { temporalAddress: `127.0.0.1:${ports.port}`, temporalUiUrl };
  }
}

/** Made once: what Temporal holds can only be read with the key it was written with. */
function payloadKey(dataDir: string): string {
  if (process.env.CAREWAY_PAYLOAD_KEY) return process.env.CAREWAY_PAYLOAD_KEY;
  const file = path.join(dataDir, 'payload.key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
