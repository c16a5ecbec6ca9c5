import { randomUUID } from 'node:crypto';
import { accessHeaders } from '../../scripts/sample/upload-client';
import { createApiKey } from '../../src/db/queries/api-keys';
import { ensureTenant } from '../../src/db/queries/tenants';
import type { TestStack } from './stack';

export interface TestTenant {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  /** May upload and query. */
  key: string;
  /** May query, read and report what CCN does. */
  ccnKey: string;
  /** Operations, every tenant. */
  opsKey: string;
  /** What a request of the integrator carries. */
  headers: Record<string, string>;
}

/** A tenant nobody else has, so that tests on one database cannot see each other. */
export async function freshTenant(stack: TestStack): Promise<TestTenant> {
  const id = randomUUID().slice(0, 8);
  const place = { workspaceId: `ws-${id}`, bucketId: `bk-${id}` };
  const { tenantId } = await ensureTenant(stack.db, { ...place, name: `Test ${id}` });
  const integrator = await createApiKey(stack.db, { tenantId, name: 'integrator', scopes: ['upload', 'query'] });
  const ccn = await createApiKey(stack.db, { tenantId, name: 'ccn', scopes: ['query', 'ccn'] });
  const ops = await createApiKey(stack.db, { tenantId: null, name: 'operations', scopes: ['ops'] });
  const headers = accessHeaders(place, integrator.key);
  return { tenantId, ...place, key: integrator.key, ccnKey: ccn.key, opsKey: ops.key, headers };
}
