import { preferredPorts } from './infrastructure';
import { defaultDataDir } from './paths';
import { StackAlreadyRunning } from './run-ledger';
import { readStackFile } from './stack-file';
import { startStack, type Stack } from './start-stack';
import { temporaryFolder } from './temporary-folder';

export interface RunOptions {
  /** A data folder of its own, removed at the end. */
  temporary: boolean;
  /** What to do once the stack is up. */
  then: (stack: Stack) => Promise<{ exitCode: number; keepRunning: boolean }>;
}

/** Starts the stack for a terminal: does the work, then waits for Ctrl-C; whatever happens, all is stopped. */
export async function runUntilStopped(options: RunOptions): Promise<void> {
  const stopSignal = listenForStop();
  const dataDir = options.temporary ? temporaryFolder('once') : defaultDataDir;
  const started = Date.now();
  let stack: Stack;
  try {
    const { temporary } = options;
    stack = await startStack({ dataDir, temporary, ports: preferredPorts, report: (line) => console.log(`! ${line}`) });
  } catch (error) {
    process.exitCode = explain(error);
    return;
  }
  console.log(`stack       up in ${((Date.now() - started) / 1000).toFixed(1)} s, data and logs in ${dataDir}`);

  const work = options.then(stack).catch((error: unknown) => ({ exitCode: explain(error), keepRunning: false }));
  const first = await Promise.race([work, stopSignal]);
  if (typeof first === 'object' && first.keepRunning) {
    console.log('\nCtrl-C stops all.');
    await stopSignal;
  }
  const exitCode = typeof first === 'number' ? first : first.exitCode;
  console.log('\nstopping');
  await stack.stop();
  // What a sample run that was cut off still waits for must not hold the process.
  process.exit(exitCode);
}

function explain(error: unknown): number {
  if (error instanceof StackAlreadyRunning) {
    const { consoleUrl, apiUrl } = readStackFile(defaultDataDir);
    console.error(`A stack is running already: ${error.message}.`);
    if (apiUrl) console.error(`API ${apiUrl}, console ${consoleUrl}. Stop it first, or use it.`);
  } else {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return 1;
}

/** Resolves with the exit code of a process that was told to stop. */
function listenForStop(): Promise<number> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve(130));
    process.on('SIGTERM', () => resolve(143));
    process.on('SIGHUP', () => resolve(129));
    // npm passes a signal on to the shell between it and us, and that ends without a word.
    const parent = process.ppid;
    const isGone = (): boolean => process.env.npm_lifecycle_event !== undefined && process.ppid !== parent;
    setInterval(() => isGone() && resolve(143), 500).unref();
  });
}
