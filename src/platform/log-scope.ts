import { AsyncLocalStorage } from 'node:async_hooks';

/** Ids that belong to the work at hand, not to the line that is logged. */
export type LogScope = Readonly<Record<string, string | number | undefined>>;

const storage = new AsyncLocalStorage<LogScope>();

/** Runs `work`; every line that is logged on its way, however deep, carries the fields of the scope. */
export function withLogScope<T>(scope: LogScope, work: () => Promise<T>): Promise<T> {
  return storage.run(scope, work);
}

/** The scope of the moment, as a new object: the logger adds to it. */
export function currentLogScope(): Record<string, string | number | undefined> {
  return { ...storage.getStore() };
}
