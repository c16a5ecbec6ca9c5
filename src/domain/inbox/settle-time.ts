/** Seconds for which an object must stand still until it counts as whole. */
const defaultSeconds = 10;
const longestSeconds = 3600;

/** `tenants.settings.inbox.settleSeconds`; what is no such number counts as not set. */
export function settleSecondsOf(settings: { settleSeconds?: number } | undefined): number {
  const seconds = settings?.settleSeconds;
  return typeof seconds === 'number' && seconds >= 0 && seconds <= longestSeconds ? seconds : defaultSeconds;
}
