import type { Database } from '../client';

/*
 * Values too large for the record (signatures), by the hash of their text: the record holds the hash, so that pages of
 * records stay small, and a value that is there already is not written again. They are kept when their row is staged, for
 * it may wait for its parents; `dropForgottenValues` removes those that no record came to hold, or that none holds any more. An upload may wait
 * for its turn for days with its rows staged: until it is finished, its tenant's values stay.
 */

/** Keeps values by their SHA-256 in hex; those that are there stay. */
export async function keepApart(db: Database, tenantId: number, values: ReadonlyMap<string, string>): Promise<void> {
  // In one order, so that two chunks with the same values cannot wait for each other.
  const hashes = [...values.keys()].sort();
  await db.raw(
    `INSERT INTO record_values (tenant_id, value_hash, value)
     SELECT CAST(:tenantId AS int), decode(h.hash, 'hex'), h.value
     FROM unnest(CAST(:hashes AS text[]), CAST(:values AS text[])) AS h (hash, value)
     ON CONFLICT (tenant_id, value_hash) DO UPDATE SET kept_at = now()`,
    { tenantId, hashes, values: hashes.map((hash) => values.get(hash) ?? '') },
  );
}

/** Values of a tenant by their hashes in hex. */
export async function findValues(
  db: Database,
  tenantId: number,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.raw<{ rows: { hash: string; value: string }[] }>(
    `SELECT encode(value_hash, 'hex') AS hash, value FROM record_values
     WHERE tenant_id = :tenantId
       AND value_hash IN (SELECT decode(hash, 'hex') FROM unnest(CAST(:hashes AS text[])) AS h (hash))`,
    { tenantId, hashes: [...hashes] },
  );
  return new Map(rows.map(({ hash, value }) => [hash, value]));
}

/**
 * Removes values that nothing holds: neither a record nor a row that waits, nor perhaps a staged row of an upload that is as
 * old as they are and not finished. `keptDays` leaves time to rows that are on their way.
 * @param keys names under which documents hold hashes
 * @returns how many were removed
 */
export async function dropForgottenValues(
  db: Database,
  { entity, keys, keptDays }: { entity: string; keys: readonly string[]; keptDays: number },
): Promise<number> {
  const { rowCount } = await db.raw(
    `DELETE FROM record_values v
     WHERE v.kept_at < now() - CAST(:keptDays AS int) * interval '1 day'
       AND NOT EXISTS (SELECT 1 FROM uploads u
                       WHERE u.tenant_id = v.tenant_id AND u.status IN ('accepted', 'running')
                         AND u.accepted_at < now() - CAST(:keptDays AS int) * interval '1 day')
       AND NOT EXISTS (SELECT 1 FROM records r, unnest(CAST(:keys AS text[])) AS k (name)
                       WHERE r.tenant_id = v.tenant_id AND r.entity = :entity
                         AND r.document ->> k.name = encode(v.value_hash, 'hex'))
       AND NOT EXISTS (SELECT 1 FROM parked_rows p, unnest(CAST(:keys AS text[])) AS k (name)
                       WHERE p.tenant_id = v.tenant_id AND p.entity = :entity AND p.state = 'waiting'
                         AND CAST(p.document AS jsonb) ->> k.name = encode(v.value_hash, 'hex'))`,
    { entity, keys: [...keys], keptDays },
  );
  return rowCount;
}
