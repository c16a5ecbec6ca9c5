import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DltRun {
  seconds: number;
  peakMiB: number;
}

/** A venv with the pinned dlt, made once beside the other caches. */
export async function prepareDlt(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const venv = path.join(cache, 'careway', 'dlt-1.31.0');
  const python = path.join(venv, 'bin', 'python');
  if (!existsSync(path.join(venv, 'ready'))) {
    process.stderr.write('dlt is being installed, once\n');
    await run('python3', ['-m', 'venv', venv]);
    await run(python, ['-m', 'pip', 'install', '-q', '-r', path.join(process.cwd(), 'bench/dlt/requirements.txt')], {
      maxBuffer: 1 << 26,
    });
    await run('touch', [path.join(venv, 'ready')]);
  }
  return python;
}

/** Loads the same files with dlt into a schema of its own in the same database. */
export async function measureDlt(python: string, folder: string, databaseUrl: string): Promise<DltRun> {
  const { stdout } = await run(python, [path.join(process.cwd(), 'bench/dlt/load.py'), folder, databaseUrl], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as DltRun;
}
