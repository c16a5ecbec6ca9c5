import path from 'node:path';
import { startReady, type Child } from './child';
import type { Infrastructure } from './infrastructure';
import { repoRoot } from './paths';

/** `worker` is both classes of worker in one process. */
export type ProcessName = 'worker' | 'worker-uploads' | 'worker-records' | 'api' | 'sftp';

const worker = 'dist/src/workers/main.js';
const programs: Record<ProcessName, readonly [main: string, ...args: string[]]> = {
  worker: [worker],
  'worker-uploads': [worker, '--class', 'uploads'],
  'worker-records': [worker, '--class', 'records'],
  api: ['dist/src/api/main.js'],
  sftp: ['dist/src/sftp/main.js'],
};

/** As in the image (Dockerfile). */
const fewArenas: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: '2' };

/** Starts one process of the service on the infrastructure and waits until it serves. `name` also names its log. */
export function startProcess(
  infrastructure: Infrastructure,
  kind: ProcessName,
  options: { name?: string; env?: NodeJS.ProcessEnv; args?: string[] } = {},
): Promise<Child> {
  const [main, ...args] = programs[kind];
  const spec = {
    name: options.name ?? kind,
    command: process.execPath,
    args: ['--enable-source-maps', path.join(repoRoot, main), ...args, ...(options.args ?? [])],
    env: { ...fewArenas, ...infrastructure.env, ...options.env },
    logDir: infrastructure.logDir,
    cwd: repoRoot,
  };
  const health = `http://127.0.0.1:${spec.env.CAREWAY_API_PORT}/health`;
  const isWorkerReady = async (child: Child): Promise<boolean> => child.output().includes('"msg":"worker ready"');
  const isReady: Record<ProcessName, (child: Child) => Promise<boolean>> = {
    worker: isWorkerReady,
    'worker-uploads': isWorkerReady,
    'worker-records': isWorkerReady,
    api: async () => (await fetch(health)).ok,
    sftp: async (child) => child.output().includes('"msg":"sftp listens"'),
  };
  return startReady(spec, infrastructure.watch, isReady[kind]);
}
