import { z } from 'zod';
import { rowCodes } from '../domain/codes';
import { isNightlySyncStart } from '../domain/schedules/nightly-sync';

/** Limits of a key, or of all keys of a tenant (data-model B.9). */
export const keyLimits = z.strictObject({
  requestsPerSecond: z.number().positive().max(100_000).optional(),
  burst: z.int().min(1).max(1_000_000).optional(),
  monthlyRequests: z.int().min(0).max(1_000_000_000_000).nullable().optional(),
});

/** A warning may be raised, a waiting row refused (DESIGN 2 and 4); an error stays an error. */
const severityChoices = Object.entries(rowCodes).flatMap(([code, { severity }]) =>
  severity === 'error' ? [] : [[code, z.enum(['error', severity]).optional()] as const],
);

/** When the nightly sync starts, in the tenant's zone. */
const nightlySync = z
  .strictObject({ hour: z.int().min(0).max(23), minute: z.int().min(0).max(59).default(0) })
  .refine(isNightlySyncStart, 'not from 01:00 to 02:59: on nights when clocks change that comes twice or not at all');

/** How long an object of the inbox must stand still until it is taken. */
const inbox = z.strictObject({ settleSeconds: z.number().min(0).max(3600) });

/** Every setting that a tenant can have; a key that is not here is refused by name. */
export const tenantSettings = z.strictObject({
  severities: z.strictObject(Object.fromEntries(severityChoices)).optional(),
  limits: keyLimits.optional(),
  nightlySync: nightlySync.optional(),
  inbox: inbox.optional(),
});

/** Null takes a setting away. */
export const tenantSettingsPatch = z.strictObject(
  Object.fromEntries(Object.entries(tenantSettings.shape).map(([name, schema]) => [name, schema.nullable()])),
);

/**
 * A zone of the IANA database in its usual spelling, which is how schedules must name it, or undefined. Node reads
 * offsets, names in any case and old names as well.
 */
export function ianaZone(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return undefined;
  if (name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name)) return name;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
