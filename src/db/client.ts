import knex, { type Knex } from 'knex';
import type { Client } from 'pg';
import { scopeConnections } from './scope';

/** Either the pool or an open transaction: every query takes one of them as its first argument. */
export type Database = Knex | Knex.Transaction;

/**
 * Opens a connection pool that sees the rows of every tenant: for workers, tools and tests.
 * @param databaseUrl `postgres://user:password@host:port/database`
 */
export function createDatabase(databaseUrl: string, poolSize = 10): Knex {
  return scopeConnections(openPool(databaseUrl, poolSize, inSets), 'all');
}

/** A pool for a process that serves callers: it sees nothing until `inTenant` or `acrossTenants` says what (scope.ts). */
export function createTenantDatabase(databaseUrl: string, poolSize = 10): Knex {
  return scopeConnections(openPool(databaseUrl, poolSize), 'none');
}

/** A worker's host that vanishes in a transaction must not keep its locks for hours. */
const goneAfter = '-c idle_in_transaction_session_timeout=300s -c tcp_keepalives_idle=10 -c tcp_keepalives_count=3';

/** Pages of rows are sorted and joined in memory, and statements that run once are not worth compiling. */
const inSets = '-c work_mem=64MB -c jit=off';

function openPool(databaseUrl: string, poolSize: number, more = ''): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: databaseUrl,
      application_name: 'careway',
      keepAlive: true,
      options: `${goneAfter} ${more}`,
    },
    pool: { min: 0, max: poolSize },
    acquireConnectionTimeout: 60_000,
    // A lost connection fails the statement that needs it; knex would print it to the console besides.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
  });
}

function ignore(): void {}

/** The driver's own connection under a transaction: COPY streams and bound parameters by number need it. */
export async function connectionOf(transaction: Knex.Transaction): Promise<Client> {
  return (await transaction.client.acquireConnection()) as Client;
}

/** Quotes an identifier that is not a constant of ours. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
