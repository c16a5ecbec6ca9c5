import type { TenantRef } from '../contracts/nightly-sync';
import { notify } from './proxies';

/** Sends what waits in a tenant's outbox when no upload does it: redeliveries, test events, what a pause held back. */
export async function publishEventsWorkflow({ tenantId }: TenantRef): Promise<{ published: number }> {
  return notify.publishEvents({ tenantId });
}
