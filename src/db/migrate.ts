import type { Knex } from 'knex';
import { entityDefinitions } from '../domain/entities';
import { createDatabase, identifier } from './client';
import * as initial from './migrations/0001-initial';
import * as batches from './migrations/0002-batches';
import * as schedules from './migrations/0003-schedules';
import * as tenantsAndKeys from './migrations/0004-tenants-and-keys';
import * as sftpUsers from './migrations/0005-sftp-users';
import * as patients from './migrations/0006-patients';
import * as queries from './migrations/0007-queries';
import * as attendance from './migrations/0008-attendance';
import * as snapshots from './migrations/0009-snapshots';
import * as plannedPages from './migrations/0010-planned-pages';
import * as planAttempts from './migrations/0011-plan-attempts';
import { secureTenantTables } from './row-level-security';

/** Append only: a migration that has been released is never edited. */
const migrations: Record<string, Knex.Migration> = {
  '0001-initial': initial,
  '0002-batches': batches,
  '0003-schedules': schedules,
  '0004-tenants-and-keys': tenantsAndKeys,
  '0005-sftp-users': sftpUsers,
  '0006-patients': patients,
  '0007-queries': queries,
  '0008-attendance': attendance,
  '0009-snapshots': snapshots,
  '0010-planned-pages': plannedPages,
  '0011-plan-attempts': planAttempts,
};

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const migration = migrations[name];
    if (!migration) throw new Error(`Migration ${name} is applied to this database but unknown to this version`);
    return migration;
  },
};

/** Any number: it only has to be the same in every process that migrates. */
const migrationLock = 727_001;

/**
 * Brings a database to the current schema, makes a partition of `records` for every entity definition and keeps tenants
 * apart.
 * Safe to run from several processes at once, and after a migrator was killed.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = createDatabase(databaseUrl, 2);
  try {
    await db.transaction(async (lock) => {
      await lock.raw('SELECT pg_advisory_xact_lock(?)', [migrationLock]);
      const migrator = db.migrate;
      const options = { migrationSource, disableMigrationsListValidation: false };
      // Knex marks a running migration in a table that a killed migrator leaves behind; the advisory lock is the real one.
      await migrator.forceFreeMigrationsLock(options);
      await migrator.latest(options);
      for (const { name } of entityDefinitions) {
        await lock.raw(
          `CREATE TABLE IF NOT EXISTS ${identifier(`records_${name}`)} PARTITION OF records FOR VALUES IN ('${name}')`,
        );
      }
      await indexPeriods(lock);
      await secureTenantTables(lock);
    });
  } finally {
    await db.destroy();
  }
}

/** Records with a period are asked for by it (carecloud-download); for others an index would only cost. */
async function indexPeriods(db: Knex): Promise<void> {
  for (const { name, fields } of entityDefinitions) {
    if (!fields.some((field) => field.name === 'startDate' && field.kind === 'date')) continue;
    await db.raw(
      `CREATE INDEX IF NOT EXISTS ${identifier(`records_${name}_by_period`)} ON ${identifier(`records_${name}`)}
         (tenant_id, start_date NULLS FIRST, end_date)`,
    );
  }
}
