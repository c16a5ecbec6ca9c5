import type { Knex } from 'knex';

/**
 * All that the uploads of a tenant leave: records and ledger as digests, counts, and what was announced. The same files
 * give the same, whatever happened on the way.
 */
export async function stateOf(db: Knex, tenantId: number): Promise<Record<string, unknown>> {
  const { rows: records } = await db.raw(
    `SELECT entity, count(*)::int AS records, count(DISTINCT modified)::int AS stamps,
            md5(string_agg(entity_id || document::text || content_hash::text, ',' ORDER BY entity_id)) AS digest
     FROM records WHERE tenant_id = ? GROUP BY entity ORDER BY entity`,
    [tenantId],
  );
  const { rows: ledger } = await db.raw(
    `SELECT entity, outcome, count(*)::int AS rows, md5(string_agg(row_no || entity_id, ',' ORDER BY row_no)) AS digest
     FROM upload_rows WHERE tenant_id = ? GROUP BY entity, outcome ORDER BY entity, outcome`,
    [tenantId],
  );
  const { rows: events } = await db.raw(
    `SELECT event_type, count(*)::int AS events FROM events WHERE tenant_id = ? GROUP BY event_type ORDER BY event_type`,
    [tenantId],
  );
  const { rows: uploads } = await db.raw('SELECT status, counts FROM uploads WHERE tenant_id = ?', [tenantId]);
  return { records, ledger, events, uploads };
}

/** Ids of the events that a tenant's uploads wrote and that nobody was told of. */
export async function undelivered(
  db: Knex,
  tenantId: number,
  delivered: readonly { eventId: string }[],
): Promise<string[]> {
  const written: string[] = await db('events').where({ tenant_id: tenantId }).pluck('event_id');
  const told = new Set(delivered.map(({ eventId }) => eventId));
  return written.filter((eventId) => !told.has(eventId));
}
