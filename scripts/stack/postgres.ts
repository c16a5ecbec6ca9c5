import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { failureOf, startChild, type Child } from './child';
import { moveAside } from './move-aside';
import { locatePostgres, type PostgresBinaries } from './postgres-binaries';
import { preparePostgresData, type PostgresData } from './postgres-data';
import { sleep, waitFor } from './wait';

export interface PostgresOptions {
  dataDir: string;
  logDir: string;
  port: number;
  /** Server settings besides ours, as `name: value`. */
  settings?: Record<string, string>;
  report: (line: string) => void;
  onStart: (child: Child) => void;
}

export interface Postgres {
  databaseUrl: string;
  /** Where its data is; not always under the data folder. */
  folder: string;
  fresh: boolean;
  /** The process of the moment: a restart makes a new one. */
  child(): Child;
  /** `immediate` is a crash: no checkpoint, recovery at the next start. The port stays the same. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the embedded PostgreSQL with a database `careway` that a role of that name owns. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const binaries = locatePostgres();
  let data = preparePostgresData(options.dataDir, binaries, options.report);

  const launch = (): Promise<Child> => startServer(options, binaries, data.folder);
  const ready = (server: Child): Promise<boolean> =>
    waitFor('PostgreSQL', () => answers(options.port, data.password), {
      timeoutMs: 60_000,
      giveUp: () => failureOf(server),
    });

  let child = await launch();
  try {
    await ready(child);
  } catch (error) {
    const endedByItself = child.exit() !== undefined;
    await child.stop('SIGQUIT');
    if (data.fresh || !endedByItself) throw error;
    // A data folder that does not start is kept, but it must not keep the stack from starting.
    options.report(error instanceof Error ? error.message : String(error));
    moveAside(data.folder, 'PostgreSQL does not start on its data folder', options.report);
    data = preparePostgresData(options.dataDir, binaries, options.report);
    child = await launch();
    await ready(child);
  }
  try {
    await ensureDatabase(options.port, data);
  } catch (error) {
    await child.stop('SIGQUIT');
    throw error;
  }
  return {
    databaseUrl: `postgres://careway:${data.password}@127.0.0.1:${options.port}/careway`,
    folder: data.folder,
    fresh: data.fresh,
    child: () => child,
    restart: async (mode) => {
      await child.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      child = await launch();
      await ready(child);
    },
    stop: () => child.stop('SIGINT'),
  };
}

/**
 * The defaults suit a machine of 256 MB. Staged rows that stay in memory are not written and read again, and with room in
 * the log a bulk upload has no checkpoint in its middle, after which every page is logged as a whole. What keeps data
 * safe (fsync, synchronous_commit, full_page_writes) is as it was.
 */
const settingsForUploads = { shared_buffers: '512MB', max_wal_size: '4GB' };

async function startServer(options: PostgresOptions, binaries: PostgresBinaries, folder: string): Promise<Child> {
  const settings = {
    listen_addresses: '127.0.0.1',
    // Sockets have a length limit that a deep folder exceeds; loopback is enough.
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settingsForUploads,
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', folder, '-p', String(options.port), ...flags];
  const env = { ...process.env, LC_MESSAGES: 'C' };
  const spec = { name: 'postgres', command: binaries.postgres, args, env, logDir: options.logDir, cwd: '/' };
  for (let attempt = 1; ; attempt++) {
    clearStalePid(folder);
    const child = await startChild({ ...spec, ...binaries.user });
    options.onStart(child);
    // After SIGKILL the sessions of the last server may take a moment to notice; until then it refuses to start.
    await Promise.race([child.exited, sleep(300)]);
    const isRefused = child.exit() !== undefined && /still in use|lock file/.test(child.output());
    if (!isRefused || attempt === 20) return child;
    await sleep(500);
  }
}

/** After SIGKILL the pid file stays; PostgreSQL takes it for a running server when the number lives on as another program. */
function clearStalePid(folder: string): void {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = readFileSync(file, 'utf8').split('\n')[0]?.trim();
  const commandLine = `/proc/${pid}/cmdline`;
  const isServer = existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(folder);
  if (!isServer && existsSync('/proc/self')) rmSync(file);
}

const connect = async (port: number, password: string): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

async function answers(port: number, password: string): Promise<boolean> {
  const client = await connect(port, password);
  await client.end();
  return true;
}

/** The service does not run as superuser: row-level security would not hold for it. */
async function ensureDatabase(port: number, data: PostgresData): Promise<void> {
  const client = await connect(port, data.password);
  try {
    const found = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'careway'`);
    if (found.rowCount) return;
    await client.query(`DROP ROLE IF EXISTS careway`);
    await client.query(`CREATE ROLE careway LOGIN CREATEDB PASSWORD '${data.password}'`);
    await client.query(`CREATE DATABASE careway OWNER careway`);
  } finally {
    await client.end();
  }
}
