import { identifier, type Database } from './client';

/** A session of the whole service, see scope.ts. As a sub-select it is asked once per statement, not once per row. */
const isSystem = `(SELECT current_setting('careway.system', true) = 'on')`;
const ownTenant = `tenant_id = (SELECT nullif(current_setting('careway.tenant_id', true), '')::int)`;

/** Tables whose rows belong to a tenant through another table. */
const throughUploads: Readonly<Record<string, string>> = {
  upload_chunks: `EXISTS (SELECT 1 FROM uploads u WHERE u.upload_seq = upload_chunks.upload_seq)`,
};

/** Rows that are written once: without a policy for UPDATE and DELETE nobody, owner included, changes them. */
const appendOnly = new Set(['audit_log']);

/**
 * Puts every table with a `tenant_id` under row-level security (DESIGN 4, tenancy), the table's owner included, since the
 * service connects as owner. It looks for tables instead of naming them, and runs after every migration, so that a new
 * table or partition cannot be forgotten. `tenants` is left out: who asks for a tenant is not known yet, and it holds
 * nothing of records.
 */
export async function secureTenantTables(db: Database): Promise<void> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `SELECT c.relname AS name
       FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'tenants'
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        AND (c.relname = ANY(:through::text[])
             OR EXISTS (SELECT 1 FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
      ORDER BY 1`,
    { through: Object.keys(throughUploads) },
  );
  for (const { name } of rows) {
    const table = identifier(name);
    const admits = `${isSystem} OR ${throughUploads[name] ?? ownTenant}`;
    await db.raw(`
      ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
      ${policies(table, admits, appendOnly.has(name))}
    `);
  }
}

function policies(table: string, admits: string, writtenOnce: boolean): string {
  if (!writtenOnce) return `CREATE POLICY tenant ON ${table} USING (${admits}) WITH CHECK (${admits});`;
  return `CREATE POLICY tenant_reads ON ${table} FOR SELECT USING (${admits});
      CREATE POLICY tenant_writes ON ${table} FOR INSERT WITH CHECK (${admits});`;
}
