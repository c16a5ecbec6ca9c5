import type { Knex } from 'knex';
import { findGoodSftpUsers } from '../db/queries/sftp-users';
import { acrossTenants } from '../db/scope';
import type { LiveConnection } from './connection';

export interface WatchLimits {
  /** To log in. */
  loginMs: number;
  idleMs: number;
}

/**
 * One look over all connections: ends those of users who were revoked or got other credentials, those that do nothing,
 * and those that do not log in.
 */
export async function watchConnections(
  db: Knex,
  connections: Iterable<LiveConnection>,
  limits: WatchLimits,
): Promise<void> {
  const live = [...connections];
  for (const connection of live) {
    if (!connection.login() && connection.idleMs() > limits.loginMs) connection.end('no login');
    else if (connection.idleMs() > limits.idleMs) connection.end('idle');
  }
  const names = new Set(live.flatMap((connection) => connection.login()?.username ?? []));
  if (names.size === 0) return;
  const good = await acrossTenants(() => findGoodSftpUsers(db, [...names]));
  const credentials = new Map(good.map(({ username, credentialNo }) => [username, credentialNo]));
  for (const connection of live) {
    const login = connection.login();
    if (login && credentials.get(login.username) !== login.credentialNo) connection.end('credentials ended');
  }
}
