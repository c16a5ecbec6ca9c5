import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mayEnter, type PostgresBinaries } from './postgres-binaries';
import { moveAside } from './move-aside';

export interface PostgresData {
  folder: string;
  password: string;
  /** Made just now: nothing that another component remembers is in it. */
  fresh: boolean;
}

/** Beside PostgreSQL's own files, so that the two are moved aside together. */
const passwordName = 'careway-password';

type Report = (line: string) => void;

/** The data folder, initialised when there is none; one that this version cannot read is moved aside, never deleted. */
export function preparePostgresData(dataDir: string, binaries: PostgresBinaries, report: Report): PostgresData {
  mkdirSync(dataDir, { recursive: true });
  const folder = path.join(enterableBase(dataDir, binaries, report), 'postgres');
  const passwordFile = path.join(folder, passwordName);
  const reason = whyUnusable(folder, passwordFile, binaries.major);
  if (reason) moveAside(folder, `PostgreSQL data folder ${reason}`, report);
  if (existsSync(folder)) return { folder, password: readFileSync(passwordFile, 'utf8'), fresh: false };

  const password = randomBytes(16).toString('hex');
  initialise(folder, password, binaries);
  return { folder, password, fresh: true };
}

function enterableBase(dataDir: string, binaries: PostgresBinaries, report: Report): string {
  if (mayEnter(dataDir, binaries.user)) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const base = path.join(tmpdir(), `careway-data-${name}`);
  mkdirSync(base, { recursive: true });
  report(`postgres: ${dataDir} is closed to the user that runs it, its data is in ${base}`);
  return base;
}

function whyUnusable(folder: string, passwordFile: string, major: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const versionFile = path.join(folder, 'PG_VERSION');
  if (!existsSync(versionFile) || !existsSync(path.join(folder, 'global/pg_control'))) return 'is not complete';
  const version = readFileSync(versionFile, 'utf8').trim();
  if (version !== major) return `is of version ${version}, this is ${major}`;
  if (!existsSync(passwordFile)) return 'has lost its password file';
  return undefined;
}

function initialise(folder: string, password: string, binaries: PostgresBinaries): void {
  // Under a second name until it is whole, so that a killed initdb leaves nothing that looks like a data folder.
  const partial = `${folder}.${process.pid}.partial`;
  const passwordFile = `${partial}.password`;
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (binaries.user) {
    for (const file of [partial, passwordFile]) chownSync(file, binaries.user.uid, binaries.user.gid);
  }
  // The built-in locale sorts alike on every machine.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const result = spawnSync(binaries.initdb, ['-D', partial, '--no-sync', ...locale, ...access], {
    encoding: 'utf8',
    cwd: '/',
    ...binaries.user,
  });
  if (result.status !== 0) {
    for (const file of [partial, passwordFile]) rmSync(file, { recursive: true, force: true });
    throw new Error(`initdb failed: ${result.stderr || result.error?.message || result.signal}`);
  }
  renameSync(passwordFile, path.join(partial, passwordName));
  renameSync(partial, folder);
}
