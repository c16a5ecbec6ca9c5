import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Child } from './child';
import { sleep } from './wait';

interface ProcessMark {
  name: string;
  pid: number;
  /** A process number comes back; with the time it started it does not. */
  started: string;
}

interface Run {
  owner: ProcessMark;
  dataDir: string;
  /** Removed with the run. */
  temporary: boolean;
  children: ProcessMark[];
}

/** Who runs what, on disk: what a killed run leaves behind is found and ended by the next one. */
export interface RunLedger {
  record(child: Child): void;
  close(): void;
}

export class StackAlreadyRunning extends Error {}

/** Ends what dead runs left behind, then claims the data folder. */
export async function openRunLedger(
  folder: string,
  dataDir: string,
  options: { temporary: boolean; report: (line: string) => void },
): Promise<RunLedger> {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const run = readRun(path.join(folder, name));
    if (run && isSame(run.owner)) {
      if (run.dataDir === dataDir) throw new StackAlreadyRunning(`process ${run.owner.pid} runs a stack on ${dataDir}`);
      continue;
    }
    if (run) await clearUp(run, options.report);
    rmSync(path.join(folder, name), { force: true });
  }

  const owner = { name: 'stack', pid: process.pid, started: startOf(process.pid) ?? '' };
  const run: Run = { owner, dataDir, temporary: options.temporary, children: [] };
  const file = path.join(folder, options.temporary ? `${process.pid}.json` : 'stack.json');
  writeFileSync(file, JSON.stringify(run), { flag: 'wx' });
  return {
    record: (child) => {
      run.children.push({ name: child.name, pid: child.pid, started: startOf(child.pid) ?? '' });
      writeFileSync(file, JSON.stringify(run));
    },
    close: () => {
      rmSync(file, { force: true });
      if (options.temporary) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } catch {
    return undefined;
  }
}

async function clearUp(run: Run, report: (line: string) => void): Promise<void> {
  const left = run.children.filter(isSame).reverse();
  if (left.length > 0) report(`ending what a killed run left behind: ${left.map((mark) => mark.name).join(', ')}`);
  for (const mark of left) {
    process.kill(mark.pid, 'SIGINT');
    for (let waited = 0; isSame(mark) && waited < 10_000; waited += 50) await sleep(50);
    if (isSame(mark)) process.kill(mark.pid, 'SIGKILL');
  }
  if (run.temporary) rmSync(run.dataDir, { recursive: true, force: true });
}

function isSame(mark: ProcessMark): boolean {
  const started = startOf(mark.pid);
  return started !== undefined && started === mark.started;
}

/** When that process started, in whatever form the system tells it; undefined when there is none (a zombie is none). */
function startOf(pid: number): string | undefined {
  try {
    if (existsSync('/proc/self/stat')) {
      // The name in parentheses may hold spaces: the fields are counted from behind it.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}
