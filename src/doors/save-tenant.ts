import type { Knex } from 'knex';
import { writeAudit } from '../db/queries/audit-log';
import { ensureTenant, findTenant, lockTenant, updateTenant, type Tenant } from '../db/queries/tenants';
import { Refusal } from './refusal';
import type { DoorDeps } from './start-upload';
import { tenantSaved } from './tenant-saved';

export interface TenantInput {
  workspaceId: string;
  bucketId: string;
  name: string;
  timeZone: string;
}

export interface TenantChange {
  name?: string;
  timeZone?: string;
  /** Settings by name; null takes one away, one that is left out stays. */
  settings?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a tenant. The same request again finds it made.
 * @throws Refusal TENANT_EXISTS when there is one of these ids with another name or time zone
 */
export async function createTenant(
  deps: DoorDeps,
  actorKeyId: string,
  input: TenantInput,
): Promise<{ tenant: Tenant; created: boolean }> {
  const result = await deps.db.transaction(async (trx) => {
    // Two requests at once: the second waits here and finds the tenant.
    await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('careway tenants'))`);
    const found = await findTenant(trx, input.workspaceId, input.bucketId);
    if (found) return { tenant: requireSame(found, input), created: false };
    const tenant = await ensureTenant(trx, input);
    const { tenantId } = tenant;
    await writeAudit(trx, { actorKeyId, action: 'tenant.created', tenantId, details: { timeZone: input.timeZone } });
    return { tenant, created: true };
  });
  await announce(deps, result.tenant);
  return result;
}

/** @throws Refusal NOT_FOUND */
export async function changeTenant(
  deps: DoorDeps,
  actorKeyId: string,
  place: { workspaceId: string; bucketId: string },
  change: TenantChange,
): Promise<Tenant> {
  const tenant = await deps.db.transaction(async (trx) => {
    const before = await lockTenant(trx, place.workspaceId, place.bucketId);
    if (!before) throw new Refusal('NOT_FOUND', 'There is no such workspace and bucket.');
    const after = apply(before, change);
    await updateTenant(trx, after);
    await auditChange(trx, actorKeyId, before, after, change);
    return after;
  });
  await announce(deps, tenant);
  return tenant;
}

function requireSame(found: Tenant, input: TenantInput): Tenant {
  if (found.name === input.name && found.timeZone === input.timeZone) return found;
  throw new Refusal('TENANT_EXISTS', 'There is a tenant of these ids with another name or time zone: use PATCH.');
}

function apply(tenant: Tenant, { name, timeZone, settings }: TenantChange): Tenant {
  const merged = Object.entries({ ...tenant.settings, ...settings }).filter(([, value]) => value !== null);
  return {
    ...tenant,
    name: name ?? tenant.name,
    timeZone: timeZone ?? tenant.timeZone,
    settings: Object.fromEntries(merged),
  };
}

async function auditChange(
  trx: Knex.Transaction,
  actorKeyId: string,
  before: Tenant,
  after: Tenant,
  { settings = {} }: TenantChange,
): Promise<void> {
  const changed = [
    ...(before.name === after.name ? [] : ['name']),
    ...(before.timeZone === after.timeZone ? [] : ['timeZone']),
    ...Object.keys(settings).map((name) => `settings.${name}`),
  ];
  const zones = before.timeZone === after.timeZone ? {} : { timeZone: after.timeZone };
  await writeAudit(trx, {
    actorKeyId,
    action: 'tenant.changed',
    tenantId: after.tenantId,
    details: { changed, ...zones },
  });
}

async function announce(deps: DoorDeps, tenant: Tenant): Promise<void> {
  try {
    await tenantSaved(deps, tenant);
  } catch (error) {
    deps.logger.error({ err: error, tenantId: tenant.tenantId }, 'what follows a change of a tenant failed');
  }
}
