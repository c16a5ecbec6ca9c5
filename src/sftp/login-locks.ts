const failuresAllowed = 5;
const lockMs = 15 * 60_000;
/** More than ever guess at once; the oldest are forgotten first. */
const mostKept = 50_000;

/** Counts wrong passwords of a user from an address. */
export interface LoginLocks {
  isLocked(username: string, address: string): boolean;
  countFailure(username: string, address: string): void;
  forget(username: string, address: string): void;
}

/**
 * Five wrong passwords lock a user out for a quarter of an hour, but only from the address they came from: nobody can lock
 * out the right user, who comes from elsewhere. Users that do not exist are locked like all others, so a lock tells
 * nothing. Kept in memory: each process counts for itself, and none remembers after a restart.
 */
export function createLoginLocks(now: () => number = Date.now): LoginLocks {
  const failures = new Map<string, { count: number; untilMs: number }>();
  const keyOf = (username: string, address: string): string => `${address} ${username}`;
  const find = (key: string): { count: number; untilMs: number } | undefined => {
    const found = failures.get(key);
    if (found && found.untilMs <= now()) failures.delete(key);
    return failures.get(key);
  };
  return {
    isLocked: (username, address) => (find(keyOf(username, address))?.count ?? 0) >= failuresAllowed,
    countFailure(username, address) {
      const key = keyOf(username, address);
      const count = (find(key)?.count ?? 0) + 1;
      failures.delete(key);
      failures.set(key, { count, untilMs: now() + lockMs });
      if (failures.size > mostKept) failures.delete(failures.keys().next().value!);
    },
    forget: (username, address) => void failures.delete(keyOf(username, address)),
  };
}
