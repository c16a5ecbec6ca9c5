import type { Tenant } from '../db/queries/tenants';
import { ensureTenantSchedules, type ScheduledTenant } from './nightly-sync';
import type { DoorDeps } from './start-upload';

/** A caller waits for this; what is not done in time `ensureSchedules` makes up for. */
const scheduleTimeoutMs = 5_000;

/**
 * Called after a tenant was made or changed, with the tenant as it now is: here hangs what exists outside the database for
 * every tenant. It may be called twice for one change. What it throws is logged and does not undo the change.
 */
export async function tenantSaved({ temporal }: DoorDeps, tenant: Tenant): Promise<void> {
  // What the settings hold is checked where it is read: a setting of an older version must not stop the sync.
  const scheduled = { ...tenant, settings: tenant.settings as ScheduledTenant['settings'] };
  await temporal.withDeadline(Date.now() + scheduleTimeoutMs, () => ensureTenantSchedules(temporal, scheduled));
}
