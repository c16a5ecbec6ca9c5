import type { Logger } from '../../platform/logger';

const everyMs = 1_000;

/**
 * Says once a second how many requests of a key were turned away at the gate. A line for each would be most of what a
 * refusal costs, and would bury the lines of others.
 */
export function createRefusalLog(logger: Logger): (requestId: string, rootKeyId: string) => void {
  const counts = new Map<string, { refused: number; firstRequestId: string }>();
  const write = (): void => {
    for (const [rootKeyId, count] of counts) logger.info({ rootKeyId, ...count }, 'requests refused: RATE_LIMITED');
    counts.clear();
  };
  return (requestId, rootKeyId) => {
    const count = counts.get(rootKeyId);
    if (count) {
      count.refused += 1;
      return;
    }
    if (counts.size === 0) setTimeout(write, everyMs).unref();
    counts.set(rootKeyId, { refused: 1, firstRequestId: requestId });
  };
}
