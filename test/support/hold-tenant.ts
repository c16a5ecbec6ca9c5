import { randomUUID } from 'node:crypto';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

/**
 * Keeps the turn of a tenant from every upload that is started after this: an earlier accepted one stands before them
 * that never starts. The answer lets them go.
 */
export async function holdTenant(stack: TestStack, { tenantId }: TestTenant): Promise<() => Promise<void>> {
  const blocker = {
    upload_id: randomUUID(),
    tenant_id: tenantId,
    source: 'test',
    mode: 'commit',
    atomicity: 'record',
    // Recovery starts what has been accepted for a while.
    accepted_at: '2099-01-01',
  };
  await stack.db('uploads').insert(blocker);
  return async () => {
    await stack.db('uploads').where({ upload_id: blocker.upload_id }).update({ status: 'completed' });
  };
}
