import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { advanceCommitClock, reserveStamps } from '../../src/db/queries/commit';
import { shownTime } from '../../src/db/queries/records-query';
import { lockTurn } from '../../src/db/queries/turns';

export interface DirectWrite {
  tenantId: number;
  entity: string;
  /** Records to make, or to give a new version. */
  entityIds: readonly string[];
  version: number;
  /** Keeps the transaction open after it has written; it is told the last stamp. */
  hold?: (stamp: string) => Promise<void>;
  /** `clock`: as uploads stamp. `now`: as one would without thinking, by the time at which the transaction began. */
  stamp: 'clock' | 'now';
}

/** The upload that has the turn of tenants whose records are written directly. */
const writerSeq = '0';

/** Lets direct writers commit for a tenant; uploads then have to wait for ever. */
export async function admitDirectWriters(db: Knex, tenantId: number): Promise<void> {
  await db('tenant_turns').where({ tenant_id: tenantId }).update({ turn_upload_seq: writerSeq });
}

/** Writes records in one transaction, stamped as uploads do it or not. */
export async function writeDirectly(db: Knex, write: DirectWrite): Promise<void> {
  const { tenantId, entityIds } = write;
  await db.transaction(async (trx) => {
    if (write.stamp === 'clock') {
      // Uploads go one at a time; here the lock keeps writers apart.
      await lockTurn(trx, tenantId);
      const stamps = await reserveStamps(trx, tenantId, entityIds.length);
      const last = await upsert(trx, write, stamps.after);
      if (!(await advanceCommitClock(trx, tenantId, writerSeq, stamps))) throw new Error('Writers are not admitted');
      await write.hold?.(last);
    } else {
      const last = await upsert(trx, write, await beginning(trx, write));
      await write.hold?.(last);
    }
  });
}

/** Each version has its own place within the millisecond, since no two stamps may be the same. */
async function beginning(trx: Knex.Transaction, { version, entityIds }: DirectWrite): Promise<string> {
  const { rows } = await trx.raw(
    `SELECT (date_trunc('milliseconds', now()) + CAST(? AS int) * interval '1 microsecond')::text AS stamp`,
    [version * entityIds.length],
  );
  return rows[0].stamp;
}

/** In the order of the keys, so that writers of the same records wait for each other and do not lock each other out. */
async function upsert(
  trx: Knex.Transaction,
  { tenantId, entity, entityIds, version }: DirectWrite,
  stamp: string,
): Promise<string> {
  const { rows } = await trx.raw(
    `INSERT INTO records (tenant_id, entity, entity_id, id, document, content_hash, disabled, modified, upload_seq)
     SELECT :tenantId, :entity, key, CAST(extract(epoch FROM CAST(:stamp AS timestamptz)) * 1000000 AS bigint) + place,
            jsonb_build_object('entityId', key, 'disabled', false, 'data',
              jsonb_build_object('version', CAST(:version AS int))),
            :hash, false, CAST(:stamp AS timestamptz) + place * interval '1 microsecond', 0
     FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS k (key, place)
     ON CONFLICT (tenant_id, entity, entity_id) DO UPDATE SET document = excluded.document, modified = excluded.modified
     RETURNING ${shownTime('modified')} AS modified`,
    {
      tenantId,
      entity,
      version,
      stamp,
      keys: [...entityIds].sort(),
      hash: createHash('sha256').update(String(version)).digest(),
    },
  );
  return rows
    .map((row: { modified: string }) => row.modified)
    .sort()
    .at(-1);
}
