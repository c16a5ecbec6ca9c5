import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { createTenantDatabase } from '../../src/db/client';
import { acrossTenants, inTenant } from '../../src/db/scope';
import { createApiKey, findApiKeyByHash, hashApiKey } from '../../src/db/queries/api-keys';
import { insertFile } from '../../src/db/queries/files';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

describe('row-level security', () => {
  let stack: TestStack;
  let db: Knex;
  let mine: TestTenant;
  let theirs: TestTenant;

  before(async () => {
    stack = await useStack();
    // One connection: whoever has it next must not find the last one's scope on it.
    db = createTenantDatabase(stack.databaseUrl, 1);
    [mine, theirs] = [await freshTenant(stack), await freshTenant(stack)];
  });
  after(() => db.destroy());

  const tenantsOf = async (table: string): Promise<(number | null)[]> =>
    (await db(table).distinct('tenant_id')).map((row) => row.tenant_id as number | null);

  it('is forced on every table with a tenant, partitions and the chunks included', async () => {
    const { rows } = await stack.db.raw(`
      SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced,
             (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
        FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'tenants'
         AND (c.relname = 'upload_chunks' OR EXISTS (
           SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))`);
    assert.ok(rows.length >= 16, `${rows.length} tables`);
    const open = rows.filter((row: { forced: boolean; policies: number }) => !row.forced || row.policies === 0);
    assert.deepEqual(open, []);
  });

  it('binds the role that the service connects as', async () => {
    const { rows } = await db.raw(`SELECT rolsuper OR rolbypassrls AS free FROM pg_roles WHERE rolname = current_user`);
    assert.equal(rows[0].free, false);
  });

  const known = {
    api: ['auth.ts', 'backlog-metrics.ts', 'change-watch.ts', 'main.ts', 'routes/console.ts'],
    sftp: ['authenticate.ts', 'watch-connections.ts'],
  };
  it('is stepped out of by known files only, in the rooms that serve callers', () => {
    for (const [room, expected] of Object.entries(known)) {
      const folder = path.join(process.cwd(), 'src', room);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
      const wide = files.filter((name) => /\bacrossTenants\(/.test(readFileSync(path.join(folder, name), 'utf8')));
      assert.deepEqual(wide.sort(), expected, room);
    }
  });

  it('shows nothing to whoever is in no scope', async () => {
    for (const table of ['tenant_turns', 'api_keys', 'files', 'uploads', 'records', 'events']) {
      assert.deepEqual(await tenantsOf(table), [], table);
    }
  });

  it('shows a tenant its own rows without being asked for them, and operations all', async () => {
    assert.deepEqual(await inTenant(mine.tenantId, () => tenantsOf('api_keys')), [mine.tenantId]);
    assert.deepEqual(await inTenant(theirs.tenantId, () => tenantsOf('api_keys')), [theirs.tenantId]);
    assert.ok((await acrossTenants(() => tenantsOf('api_keys'))).length >= 3);
    assert.deepEqual(await tenantsOf('api_keys'), []);
  });

  it('holds for a statement that is only waited for outside', async () => {
    const { rows } = await inTenant(mine.tenantId, () => db.raw('SELECT DISTINCT tenant_id FROM api_keys'));
    assert.deepEqual(rows, [{ tenant_id: mine.tenantId }]);
    const built = await acrossTenants(() => db('api_keys').select('tenant_id').whereNull('tenant_id').limit(1));
    assert.equal(built.length, 1);
  });

  it('lets nobody write for another tenant, inside a transaction too', async () => {
    const file = {
      fileId: '00000000-0000-4000-8000-00000000000a',
      tenantId: theirs.tenantId,
      objectKey: `x/${theirs.workspaceId}`,
      fileName: 'a',
      entityType: null,
      folder: null,
      category: null,
      tags: [],
      metadata: {},
      actionId: 'a',
      description: null,
    };
    await inTenant(mine.tenantId, async () => {
      await assert.rejects(insertFile(db, file), { code: '42501' });
      await assert.rejects(
        db.transaction((trx) => insertFile(trx, file)),
        { code: '42501' },
      );
      assert.equal(await db('api_keys').where({ tenant_id: theirs.tenantId }).update({ name: 'x' }), 0);
      assert.equal(await db('api_keys').where({ tenant_id: theirs.tenantId }).delete(), 0);
    });
  });

  it('keeps two scopes apart that run at once', async () => {
    const wide = createTenantDatabase(stack.databaseUrl, 4);
    try {
      const seen = await Promise.all(
        Array.from({ length: 60 }, async (_, index) => {
          const { tenantId } = index % 2 === 0 ? mine : theirs;
          return inTenant(tenantId, async () => {
            const rows = await wide('api_keys').distinct('tenant_id');
            return rows.every((row) => row.tenant_id === tenantId) && rows.length === 1;
          });
        }),
      );
      assert.ok(seen.every(Boolean));
    } finally {
      await wide.destroy();
    }
  });

  it('tells whose a key is before anyone is in a scope, and stays shut afterwards', async () => {
    const { keyId, key } = await createApiKey(stack.db, { tenantId: mine.tenantId, name: 'k', scopes: ['query'] });
    await db.transaction(async (trx) => {
      assert.equal((await findApiKeyByHash(trx, hashApiKey(key)))?.keyId, keyId);
      assert.equal(await findApiKeyByHash(trx, hashApiKey(`${key}x`)), undefined);
      assert.deepEqual(await trx('api_keys').select('key_id'), []);
    });
  });

  it('lets nobody change or remove an entry of the audit log', async () => {
    await stack.db.raw(
      `INSERT INTO audit_log (actor_key_id, action, tenant_id, details)
       VALUES (gen_random_uuid(), 'tenant.changed', ?, '{}')`,
      [mine.tenantId],
    );
    const own = (): Knex.QueryBuilder => stack.db('audit_log').where({ tenant_id: mine.tenantId });
    assert.equal(await own().update({ action: 'x' }), 0);
    assert.equal(await own().delete(), 0);
    assert.equal((await own().select('action')).length, 1);
  });
});
