import path from 'node:path';
import { startProcess } from '../../scripts/stack/careway-process';
import { pickPort } from '../../src/platform/free-port';
import type { TestStack } from './stack';

export interface SpawnedProcess {
  pid: number;
  logFile: string;
  /** What it has logged since it was started, one JSON object per line. */
  output(): string;
  /** Resolves when it has ended: `code 0`, `signal SIGKILL`. */
  exited: Promise<string>;
  /** Sends the signal and waits for the end; SIGKILL is the crash. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Orderly: SIGTERM, and SIGKILL when that takes too long. */
  stop(): Promise<void>;
}

let count = 0;

/** Starts a real worker process and waits for its "worker ready". */
export function spawnWorker(
  stack: TestStack,
  extraEnv: NodeJS.ProcessEnv = {},
  args: string[] = [],
): Promise<SpawnedProcess> {
  return spawnProcess(stack, 'worker', extraEnv, args);
}

/** Starts a real API process on a free port and waits for its /health. */
export async function spawnApi(
  stack: TestStack,
  extraEnv: NodeJS.ProcessEnv = {},
): Promise<SpawnedProcess & { url: string }> {
  const port = await pickPort(0);
  const api = await spawnProcess(stack, 'api', { ...extraEnv, CAREWAY_API_PORT: String(port) });
  return { ...api, url: `http://127.0.0.1:${port}` };
}

/** Starts a real SFTP server on a free port, with host keys of its own. */
export async function spawnSftp(
  stack: TestStack,
  extraEnv: NodeJS.ProcessEnv = {},
): Promise<SpawnedProcess & { port: number }> {
  const port = await pickPort(0);
  const hostKeys = path.join(stack.dataDir, 'sftp-host-keys');
  const env = { CAREWAY_SFTP_HOST_KEYS: hostKeys, ...extraEnv, CAREWAY_SFTP_PORT: String(port) };
  return { ...(await spawnProcess(stack, 'sftp', env)), port };
}

async function spawnProcess(
  stack: TestStack,
  kind: 'worker' | 'api' | 'sftp',
  env: NodeJS.ProcessEnv,
  args: string[] = [],
): Promise<SpawnedProcess> {
  count += 1;
  const child = await startProcess(stack, kind, { name: `${kind}-${count}`, env, args });
  stack.onStop(child.name, () => child.stop());
  return {
    pid: child.pid,
    logFile: child.logFile,
    output: child.output,
    exited: child.exited,
    kill: (signal) => child.stop(signal),
    stop: () => child.stop(),
  };
}
