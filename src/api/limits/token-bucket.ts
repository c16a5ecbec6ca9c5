export interface Rate {
  perSecond: number;
  /** How many may come at once after a pause. */
  burst: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export interface TokenBuckets {
  /** Takes a token. @returns 0, or in how many seconds there will be one. */
  take(name: string, rate: Rate): number;
  /** The same without taking; a name that has never taken has all its tokens. */
  wait(name: string, rate: Rate): number;
  has(name: string): boolean;
}

/** Above this many names, those that have been quiet are forgotten: a bucket that is full again says nothing. */
const maxNames = 50_000;

/**
 * Token buckets by name (data-model B.9: requests a second and burst), in the memory of this process.
 * @param now milliseconds that only rise
 */
export function createTokenBuckets(now: () => number = () => performance.now()): TokenBuckets {
  // A Map keeps the order of insertion: taking moves a name to the end, so the quiet ones stand in front.
  const buckets = new Map<string, Bucket>();

  const tokensOf = (name: string, { perSecond, burst }: Rate, at: number): number => {
    const bucket = buckets.get(name);
    return bucket ? Math.min(burst, bucket.tokens + ((at - bucket.filledAtMs) / 1000) * perSecond) : burst;
  };
  const waitFor = (tokens: number, { perSecond }: Rate): number => (tokens >= 1 ? 0 : (1 - tokens) / perSecond);

  return {
    take(name, rate) {
      const at = now();
      const tokens = tokensOf(name, rate, at);
      const wait = waitFor(tokens, rate);
      buckets.delete(name);
      buckets.set(name, { tokens: wait === 0 ? tokens - 1 : tokens, filledAtMs: at });
      if (buckets.size > maxNames) {
        const [quietest] = buckets.keys();
        if (quietest !== undefined) buckets.delete(quietest);
      }
      return wait;
    },
    wait: (name, rate) => waitFor(tokensOf(name, rate, now()), rate),
    has: (name) => buckets.has(name),
  };
}
