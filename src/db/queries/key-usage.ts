import type { Database } from '../client';

export interface KeyUsage {
  rootKeyId: string;
  requests: number;
}

/**
 * Adds requests to the month of each key and says how many there are now, those of other processes included. Zero only
 * asks. In order of keys, so that two processes cannot wait for each other.
 * @param month its first day, `2026-01-01`
 */
export async function addKeyUsage(db: Database, month: string, added: readonly KeyUsage[]): Promise<KeyUsage[]> {
  const { rows } = await db.raw<{ rows: KeyUsage[] }>(
    `INSERT INTO key_usage AS u (root_key_id, month, requests)
     SELECT key, :month::date, requests
       FROM unnest(:keys::uuid[], :requests::bigint[]) AS added (key, requests)
      ORDER BY key
     ON CONFLICT (root_key_id, month) DO UPDATE SET requests = u.requests + excluded.requests
     RETURNING root_key_id AS "rootKeyId", requests::float8 AS requests`,
    { month, keys: added.map((usage) => usage.rootKeyId), requests: added.map((usage) => usage.requests) },
  );
  return rows;
}
