import type { Tenant } from '../db/queries/tenants';
import type { DoorDeps } from './start-upload';

/**
 * Called after a tenant was made or changed, with the tenant as it now is: here hangs what exists outside the database for
 * every tenant. It may be called twice for one change. What it throws is logged and does not undo the change.
 */
export async function tenantSaved(_deps: DoorDeps, _tenant: Tenant): Promise<void> {}
