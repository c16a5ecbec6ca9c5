import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';
import type { PoolClient } from 'pg';

/*
 * Which rows a connection may see. Row-level security (row-level-security.ts) reads two settings of the session; they are
 * set when a connection is taken from the pool, by the scope in which the taker runs, and only when they differ from what
 * the connection has. So no query names its scope, none can forget to, and who runs in no scope sees nothing.
 *
 * Settings of a session need a connection of one's own: a pooler in front of PostgreSQL has to pool sessions.
 */

/** A tenant's rows, the rows of all, or none. */
export type Scope = { tenantId: number } | 'all' | 'none';

const current = new AsyncLocalStorage<Scope>();

/** Runs work, and all that it starts, with nothing but one tenant's rows in sight. */
export function inTenant<Result>(tenantId: number, work: () => Result): Result {
  return current.run({ tenantId }, () => begin(work()));
}

/** Runs work with the rows of every tenant in sight: for operations, and for jobs that serve all of them. */
export function acrossTenants<Result>(work: () => Result): Result {
  return current.run('all', () => begin(work()));
}

/** A statement of Knex is sent when somebody waits for it; that has to be here and not outside. */
function begin<Result>(result: Result): Result {
  const { then } = (result ?? {}) as { then?: unknown };
  if (result instanceof Promise || typeof then !== 'function') return result;
  return new Promise((resolve, reject) => void then.call(result, resolve, reject)) as Result;
}

type ScopedConnection = PoolClient & { carewayScope?: string; __knex__disposed?: unknown };

/** Makes a pool hand out connections in the scope of whoever asks, or in `fallback` where nobody has set one. */
export function scopeConnections(db: Knex, fallback: 'all' | 'none'): Knex {
  const client = db.client as { acquireConnection(): Promise<unknown>; releaseConnection(c: unknown): Promise<void> };
  const acquire = client.acquireConnection.bind(client);
  client.acquireConnection = async () => {
    const connection = (await acquire()) as ScopedConnection;
    try {
      await bind(connection, current.getStore() ?? fallback);
    } catch (error) {
      connection.__knex__disposed = error;
      await client.releaseConnection(connection);
      throw error;
    }
    return connection;
  };
  return db;
}

async function bind(connection: ScopedConnection, scope: Scope): Promise<void> {
  const tenantId = typeof scope === 'string' ? '' : String(scope.tenantId);
  const system = scope === 'all' ? 'on' : 'off';
  const wanted = `${system} ${tenantId}`;
  if (connection.carewayScope === wanted) return;
  await connection.query(`SELECT set_config('careway.system', $1, false), set_config('careway.tenant_id', $2, false)`, [
    system,
    tenantId,
  ]);
  Object.assign(connection, { carewayScope: wanted });
}
