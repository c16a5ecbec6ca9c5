import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import {
  inboxSweepWorkflowId,
  nightlySyncScheduleId,
  patientImportScheduleId,
  patientImportWorkflowId,
} from '../contracts/workflow-ids';
import { listSweptTenants, type SweptTenant } from '../db/queries/inbox-sweeps';
import { nightlySyncStart } from '../domain/schedules/nightly-sync';
import type { Logger } from '../platform/logger';
import { ensureSchedule, type NightlyRun } from './ensure-schedule';

export type ScheduledTenant = Pick<SweptTenant, 'workspaceId' | 'bucketId' | 'timeZone' | 'settings'>;

function nightlySyncOf({ workspaceId, bucketId, timeZone, settings }: ScheduledTenant): NightlyRun {
  return {
    scheduleId: nightlySyncScheduleId(workspaceId, bucketId),
    workflowType: 'inboxSweepWorkflow',
    workflowId: inboxSweepWorkflowId(workspaceId, bucketId),
    input: { workspaceId, bucketId },
    start: nightlySyncStart(settings.nightlySync),
    timeZone,
  };
}

/** "Files are processed automatically every night at midnight" (spec patient-import); whose midnight it does not say. */
function patientImportOf({ workspaceId, bucketId, timeZone }: ScheduledTenant): NightlyRun {
  return {
    scheduleId: patientImportScheduleId(workspaceId, bucketId),
    workflowType: 'patientImportWorkflow',
    workflowId: patientImportWorkflowId(workspaceId, bucketId),
    input: { workspaceId, bucketId },
    start: { hour: 0, minute: 0 },
    timeZone,
  };
}

/** The tenant's nightly sync, made or brought to its zone and time. */
export function ensureNightlySync(temporal: Client, tenant: ScheduledTenant): Promise<void> {
  return ensureSchedule(temporal, nightlySyncOf(tenant));
}

/**
 * Makes a tenant's schedules, or brings them to its zone and times. Call it when a tenant is made or its settings change;
 * `ensureSchedules` makes up for a call that was lost.
 */
export async function ensureTenantSchedules(temporal: Client, tenant: ScheduledTenant): Promise<void> {
  await ensureSchedule(temporal, nightlySyncOf(tenant));
  await ensureSchedule(temporal, patientImportOf(tenant));
}

/** Makes sure that every tenant has its schedules. One that cannot be made does not keep the others from theirs. */
export async function ensureSchedules({
  db,
  temporal,
  logger,
}: {
  db: Knex;
  temporal: Client;
  logger: Logger;
}): Promise<void> {
  for (const tenant of await listSweptTenants(db)) {
    try {
      await ensureTenantSchedules(temporal, tenant);
    } catch (error) {
      const { tenantId } = tenant;
      logger.warn({ err: error, tenantId }, 'the nightly runs of a tenant could not be scheduled');
    }
  }
}
