import { createDatabase } from '../../src/db/client';
import { createApiKey, findApiKeyByHash, hashApiKey, type ApiScope } from '../../src/db/queries/api-keys';
import { ensureTenant } from '../../src/db/queries/tenants';
import type { StackFile } from './stack-file';

export type DemoTenant = Pick<StackFile, 'workspaceId' | 'bucketId' | 'integratorKey' | 'ccnKey' | 'opsKey'>;

/** The tenant of the sample files, with a key of each kind; keys of an earlier start stay while the database knows them. */
export async function ensureDemoTenant(databaseUrl: string, known: Partial<DemoTenant>): Promise<DemoTenant> {
  const db = createDatabase(databaseUrl, 2);
  try {
    const place = { workspaceId: 'ws-demo', bucketId: 'bk-demo' };
    const { tenantId } = await ensureTenant(db, { ...place, name: 'Demo' });
    const keyFor = async (
      name: string,
      owner: number | null,
      scopes: ApiScope[],
      last: string | undefined,
    ): Promise<string> => {
      const found = last ? await findApiKeyByHash(db, hashApiKey(last)) : undefined;
      if (last && found && found.tenantId === owner && !found.revokedAt) return last;
      const made = await createApiKey(db, { tenantId: owner, name, scopes });
      return made.key;
    };
    return {
      ...place,
      integratorKey: await keyFor('Demo integrator', tenantId, ['upload', 'query'], known.integratorKey),
      ccnKey: await keyFor('Demo CCN', tenantId, ['query', 'ccn'], known.ccnKey),
      opsKey: await keyFor('Demo operations', null, ['ops'], known.opsKey),
    };
  } finally {
    await db.destroy();
  }
}
