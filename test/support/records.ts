import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { recordIdOf } from '../../src/domain/record-id';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

/** Puts a record where uploads put theirs, stamped now, for tests that are not about uploads. @returns its id */
export async function insertRecord(
  { db }: Pick<TestStack, 'db'>,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
  entityId: string,
  fields: Readonly<Record<string, unknown>> = {},
  entity = 'family',
): Promise<string> {
  const document = { entityId, disabled: false, ...fields };
  return db.transaction(async (trx) => {
    const modified = await nextStamp(trx, tenantId);
    const [{ id }] = await trx('records')
      .insert({
        tenant_id: tenantId,
        entity,
        entity_id: entityId,
        document: JSON.stringify(document),
        content_hash: createHash('sha256').update(JSON.stringify(document)).digest(),
        disabled: document.disabled,
        modified,
        upload_seq: 0,
      })
      .returning('id');
    return recordIdOf(id);
  });
}

/** Deletes a record for good, as uploads do. */
export async function removeRecord(
  { db }: Pick<TestStack, 'db'>,
  { tenantId }: Pick<TestTenant, 'tenantId'>,
  entityId: string,
  entity = 'family',
): Promise<void> {
  await db.transaction(async (trx) => {
    const modified = await nextStamp(trx, tenantId);
    const key = { tenant_id: tenantId, entity, entity_id: entityId };
    const [{ id }] = await trx('records').where(key).delete().returning('id');
    await trx('tombstones').insert({ ...key, id, modified, upload_seq: 0 });
  });
}

async function nextStamp(trx: Knex.Transaction, tenantId: number): Promise<string> {
  const { rows } = await trx.raw(
    `UPDATE tenant_turns SET last_modified = greatest(last_modified, clock_timestamp()) + interval '1 microsecond'
     WHERE tenant_id = ? RETURNING last_modified::text AS stamp`,
    [tenantId],
  );
  return rows[0].stamp;
}
