import type { taskQueues } from '../contracts/task-queues';

/**
 * What a worker process works on: `uploads` are workflows, the short activities between their steps and the rows of
 * batches, `records` are the activities that stream files and move large sets of rows. They grow apart: most processes of a
 * large service do records.
 */
export const workerClasses = ['uploads', 'records', 'all'] as const;
export type WorkerClass = (typeof workerClasses)[number];

/** @throws Error for a class that there is not. */
export function readWorkerClass(args: readonly string[]): WorkerClass {
  const given = args.indexOf('--class');
  if (given < 0) return 'all';
  const found = workerClasses.find((name) => name === args[given + 1]);
  if (!found) throw new Error(`--class is one of ${workerClasses.join(', ')}`);
  return found;
}

const queues: Record<WorkerClass, readonly (keyof typeof taskQueues)[]> = {
  uploads: ['uploads', 'batches'],
  records: ['records'],
  all: ['uploads', 'batches', 'records'],
};

export function queuesOf(workerClass: WorkerClass): readonly (keyof typeof taskQueues)[] {
  return queues[workerClass];
}
