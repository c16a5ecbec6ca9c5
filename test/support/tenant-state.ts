import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

/** Digests of the tenant's rows in some tables, and what it has in some folders of the bucket: equal when nothing changed. */
export async function tenantState(
  stack: TestStack,
  { tenantId, workspaceId, bucketId }: TestTenant,
  { tables, folders }: { tables: readonly string[]; folders: readonly string[] },
): Promise<unknown> {
  const digests: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await stack.db.raw(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS digest
         FROM ${table} t WHERE tenant_id = ?`,
      [tenantId],
    );
    digests[table] = rows[0];
  }
  const keys: unknown[] = [];
  for (const folder of folders) {
    const Prefix = `${folder}/${workspaceId}/${bucketId}/`;
    const listed = await stack.s3.send(new ListObjectsV2Command({ Bucket: stack.bucket, Prefix }));
    keys.push((listed.Contents ?? []).map(({ Key, ETag, LastModified }) => [Key, ETag, LastModified]));
  }
  return { digests, keys };
}
