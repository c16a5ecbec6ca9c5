import type { Knex } from 'knex';
import { createDatabase } from '../../src/db/client';
import { createApiKey, findApiKeyByHash, hashApiKey, type ApiScope } from '../../src/db/queries/api-keys';
import { findSftpLogin } from '../../src/db/queries/sftp-users';
import { ensureTenant } from '../../src/db/queries/tenants';
import { createSftpUser, rotateSftpUser } from '../../src/doors/sftp-users';
import { isPassword } from '../../src/platform/password-hash';
import type { StackFile } from './stack-file';

export type DemoTenant = Pick<StackFile, 'workspaceId' | 'bucketId' | 'integratorKey' | 'ccnKey' | 'opsKey'> & {
  sftp: { user: string; password: string };
};

/** The tenant of the sample files, with a key of each kind and an SFTP user; keys of an earlier start stay while the database knows them. */
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
      sftp: await ensureDemoSftpUser(db, place, known.sftp?.password),
    };
  } finally {
    await db.destroy();
  }
}

/** Who acts in the audit log where nobody has a key yet. */
const nobody = '00000000-0000-0000-0000-000000000000';
const demoUser = 'demo';

/** Sees all three folders. A password that is no longer known is replaced. */
async function ensureDemoSftpUser(
  db: Knex,
  place: { workspaceId: string; bucketId: string },
  last: string | undefined,
): Promise<DemoTenant['sftp']> {
  const login = await findSftpLogin(db, demoUser);
  if (last && login?.passwordHash && (await isPassword(last, login.passwordHash))) {
    return { user: demoUser, password: last };
  }
  const made = login
    ? await rotateSftpUser(db, nobody, demoUser, {})
    : await createSftpUser(db, nobody, { ...place, username: demoUser, uploads: true });
  return { user: demoUser, password: made.password ?? '' };
}
