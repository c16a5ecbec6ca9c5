import type { Child } from './child';
import { sleep } from './wait';

export interface Supervised {
  stop(): Promise<void>;
}

/** Starts a process again when it ends before its time, as a platform would; gives up when it keeps ending. */
export async function supervise(
  name: string,
  start: () => Promise<Child>,
  report: (line: string) => void,
  options: { pauseMs: number } = { pauseMs: 1000 },
): Promise<Supervised> {
  const limit = { restarts: 5, withinMs: 60_000 };
  const restarts: number[] = [];
  let stopping = false;
  let child = await start();
  const watching = watch();

  async function watch(): Promise<void> {
    while (!stopping) {
      await child.exited;
      if (stopping) return;
      const now = Date.now();
      restarts.push(now);
      if (restarts.filter((time) => now - time < limit.withinMs).length > limit.restarts) {
        return report(`${name} keeps ending and is left stopped`);
      }
      await sleep(options.pauseMs);
      if (stopping) return;
      try {
        child = await start();
        if (stopping) return await child.stop();
        report(`${name} started again (process ${child.pid})`);
      } catch (error) {
        report(`${name} does not start again: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  return {
    stop: async () => {
      stopping = true;
      await child.stop();
      await watching;
    },
  };
}
