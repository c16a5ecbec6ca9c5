import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './wait';

export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Folder of the log files; the child's goes to `{name}.log`. */
  logDir: string;
  cwd?: string;
  uid?: number;
  gid?: number;
}

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** How it ended, as soon as it has: `code 1`, `signal SIGKILL`. */
  exited: Promise<string>;
  /** The same, for a look without waiting. */
  exit(): string | undefined;
  /** Whether its end was asked for. */
  isStopping(): boolean;
  /** What it has written since it was started. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  /** Signals, waits, and kills what has not ended in time. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

/** A longer log makes way at the next start; the one before is kept. */
const maxLogBytes = 20 * 1024 * 1024;

/** Starts a process of its own group, so that a Ctrl-C in the terminal reaches only us: we stop the parts in order. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  mkdirSync(spec.logDir, { recursive: true });
  const logFile = path.join(spec.logDir, `${spec.name}.log`);
  if (existsSync(logFile) && statSync(logFile).size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
  const before = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, 'a');
  const child = spawn(spec.command, spec.args, {
    env: spec.env,
    cwd: spec.cwd,
    uid: spec.uid,
    gid: spec.gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);

  let ended: string | undefined;
  let stopping = false;
  const exited = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      ended = ended ?? how;
      resolve(ended);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${spec.name} cannot be started: ${await exited}`);

  const kill = (signal: NodeJS.Signals): void => {
    if (ended === undefined) child.kill(signal);
  };
  return {
    name: spec.name,
    pid,
    logFile,
    exited,
    exit: () => ended,
    isStopping: () => stopping,
    output: () => readFileSync(logFile).subarray(before).toString('utf8'),
    kill,
    stop: async (signal = 'SIGTERM', graceMs = 15_000) => {
      stopping = true;
      kill(signal);
      const timer = setTimeout(() => kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Starts a child and waits until it is ready; one that does not get there is stopped, not left behind. */
export async function startReady(
  spec: ChildSpec,
  onStart: (child: Child) => void,
  isReady: (child: Child) => Promise<boolean>,
): Promise<Child> {
  const child = await startChild(spec);
  onStart(child);
  try {
    const giveUp = (): string | undefined => failureOf(child);
    await waitFor(spec.name, () => isReady(child), { timeoutMs: 60_000, giveUp });
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Why a child that had to come up did not: how it ended and the end of its log. */
export function failureOf(child: Child): string | undefined {
  const exit = child.exit();
  if (exit === undefined) return undefined;
  const lines = child.output().trim().split('\n').slice(-8).join('\n');
  return `it ended (${exit}), see ${child.logFile}\n${lines}`;
}
