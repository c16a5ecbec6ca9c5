export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Tries until the attempt gives something other than undefined or false; a throwing attempt counts as not yet.
 * @throws Error naming what was waited for and the last reason.
 */
export async function waitFor<T>(
  what: string,
  attempt: () => Promise<T | undefined | false>,
  options: { timeoutMs: number; everyMs?: number; giveUp?: () => string | undefined },
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let reason = '';
  for (;;) {
    try {
      const result = await attempt();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      reason = error instanceof Error ? error.message || error.name : String(error);
    }
    const hopeless = options.giveUp?.();
    if (hopeless) throw new Error(`${what}: ${hopeless}`);
    if (Date.now() > deadline) throw new Error(`${what}: not within ${options.timeoutMs / 1000} s. ${reason}`.trim());
    await sleep(options.everyMs ?? 50);
  }
}
