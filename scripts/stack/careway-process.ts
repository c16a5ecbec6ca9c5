import path from 'node:path';
import { startReady, type Child } from './child';
import type { Infrastructure } from './infrastructure';
import { repoRoot } from './paths';

export type ProcessName = 'worker' | 'api' | 'sftp';

const mains: Record<ProcessName, string> = {
  worker: 'dist/src/workers/main.js',
  api: 'dist/src/api/main.js',
  sftp: 'dist/src/sftp/main.js',
};

/** Starts one process of the service on the infrastructure and waits until it serves. `name` also names its log. */
export function startProcess(
  infrastructure: Infrastructure,
  kind: ProcessName,
  options: { name?: string; env?: NodeJS.ProcessEnv; args?: string[] } = {},
): Promise<Child> {
  const spec = {
    name: options.name ?? kind,
    command: process.execPath,
    args: ['--enable-source-maps', path.join(repoRoot, mains[kind]), ...(options.args ?? [])],
    env: { ...infrastructure.env, ...options.env },
    logDir: infrastructure.logDir,
    cwd: repoRoot,
  };
  const health = `http://127.0.0.1:${spec.env.CAREWAY_API_PORT}/health`;
  const isReady: Record<ProcessName, (child: Child) => Promise<boolean>> = {
    worker: async (child) => child.output().includes('"msg":"worker ready"'),
    api: async () => (await fetch(health)).ok,
    sftp: async (child) => child.output().includes('"msg":"sftp listens"'),
  };
  return startReady(spec, infrastructure.watch, isReady[kind]);
}
