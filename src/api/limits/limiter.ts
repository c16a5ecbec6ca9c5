import type { Knex } from 'knex';
import type { ApiKey, KeyLimits } from '../../db/queries/api-keys';
import { Refusal } from '../../doors/refusal';
import { createQuotaCounter } from './quota';
import { createTokenBuckets, type Rate } from './token-bucket';

/** What a key may do where neither it nor its tenant has limits of its own. */
export interface DefaultLimits {
  requestsPerSecond: number;
  burst: number;
  /** Null: no quota. */
  monthlyRequests: number | null;
  /** Of one address, with keys that are not known: enough for a client that is set up wrongly, not for guessing. */
  unknownKeys?: Rate;
}

/** data-model E-44 has no numbers; these are ten times what a client of the documented service allows itself. */
export const defaultLimits: DefaultLimits = { requestsPerSecond: 50, burst: 100, monthlyRequests: 5_000_000 };

const fewUnknownKeys: Rate = { perSecond: 5, burst: 50 };

export interface Limiter {
  /** Of a key that was good lately and has sent too many: who it is, and how long it has to wait. */
  foreseeRefusal(keyHash: Buffer): { rootKeyId: string; waitSeconds: number } | undefined;
  /** The tenant that a key had when it was good lately; null for operations. It only says where to look first. */
  lastTenantOf(keyHash: Buffer): number | null | undefined;
  /** Before a key is looked up. @throws RateRefusal when it, or its address with keys that are not known, sent too many. */
  admitPresented(keyHash: Buffer, address: string): void;
  /** What was presented is no key. */
  countUnknown(address: string): void;
  /** Takes a request from a key's rate and quota. @throws Refusal RATE_LIMITED or QUOTA_EXCEEDED */
  admit(key: ApiKey, keyHash: Buffer): Promise<void>;
  flush(): Promise<void>;
}

interface KnownKey {
  rootKeyId: string;
  tenantId: number | null;
  /** Of its bucket. */
  name: string;
  rate: Rate;
}

/**
 * Rate and quota per key (data-model B.9). The rate is kept by each process for itself, so that a flood is turned away
 * without a question to the database: several processes behind one address let through the sum of theirs.
 */
export function createLimiter(db: Knex, defaults: DefaultLimits = defaultLimits, now?: () => number): Limiter {
  const buckets = createTokenBuckets(now);
  const quota = createQuotaCounter(db);
  const unknownKeys = defaults.unknownKeys ?? fewUnknownKeys;
  /** Keys that were good lately: their rate by the hash that is presented. */
  const lately = new Map<string, KnownKey>();
  const known = (keyHash: Buffer): KnownKey | undefined => lately.get(keyHash.toString('base64'));

  const remember = (keyHash: Buffer, key: KnownKey): void => {
    const hash = keyHash.toString('base64');
    lately.delete(hash);
    lately.set(hash, key);
    const [oldest] = lately.keys();
    if (lately.size > 10_000 && oldest !== undefined) lately.delete(oldest);
  };

  return {
    foreseeRefusal(keyHash) {
      const key = known(keyHash);
      const waitSeconds = key ? buckets.wait(key.name, key.rate) : 0;
      return key && waitSeconds > 0 ? { rootKeyId: key.rootKeyId, waitSeconds } : undefined;
    },
    lastTenantOf: (keyHash) => known(keyHash)?.tenantId,
    admitPresented(keyHash, address) {
      const { name, rate } = known(keyHash) ?? { name: addressName(address), rate: unknownKeys };
      const wait = buckets.wait(name, rate);
      if (wait > 0) throw new RateRefusal(wait);
    },
    countUnknown(address) {
      buckets.take(addressName(address), unknownKeys);
    },
    async admit(key, keyHash) {
      const rate = rateOf(key.limits, defaults);
      const name = `key ${key.rootKeyId}`;
      remember(keyHash, { rootKeyId: key.rootKeyId, tenantId: key.tenantId, name, rate });
      const wait = buckets.take(name, rate);
      if (wait > 0) throw new RateRefusal(wait);
      if (await quota.count(key.rootKeyId, quotaOf(key, defaults))) return;
      throw new Refusal('QUOTA_EXCEEDED', 'Limit Exceeded: the monthly quota of this key is used up.', {
        details: { resetsAt: nextMonth().toISOString() },
      });
    },
    flush: quota.flush,
  };
}

/** 429 `Too Many Requests` (data-model B.9). */
export const tooManyRequests = {
  code: 'RATE_LIMITED',
  message: 'Too Many Requests: wait as long as Retry-After says and send the request again.',
} as const;

/** What `Retry-After` says: whole seconds. */
export function retryAfter(waitSeconds: number): string {
  return String(Math.max(1, Math.ceil(waitSeconds)));
}

/** The same as an error; the error handler writes the header. */
export class RateRefusal extends Refusal {
  constructor(waitSeconds: number) {
    super(tooManyRequests.code, tooManyRequests.message, { headers: { 'Retry-After': retryAfter(waitSeconds) } });
  }
}

const addressName = (address: string): string => `address ${address}`;

function rateOf(limits: KeyLimits, defaults: DefaultLimits): Rate {
  const perSecond = limits.requestsPerSecond ?? defaults.requestsPerSecond;
  return { perSecond, burst: Math.max(1, limits.burst ?? Math.max(defaults.burst, perSecond)) };
}

/** Operations have none unless it is given: who could raise it otherwise? */
function quotaOf({ limits, tenantId }: ApiKey, defaults: DefaultLimits): number | null {
  if (limits.monthlyRequests !== undefined) return limits.monthlyRequests;
  return tenantId === null ? null : defaults.monthlyRequests;
}

function nextMonth(): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}
