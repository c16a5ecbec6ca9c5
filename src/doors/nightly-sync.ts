import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Knex } from 'knex';
import type { InboxSweepInput } from '../contracts/nightly-sync';
import { taskQueues } from '../contracts/task-queues';
import { inboxSweepWorkflowId, nightlySyncScheduleId } from '../contracts/workflow-ids';
import { listSweptTenants, type SweptTenant } from '../db/queries/inbox-sweeps';
import { catchUpMinutes, nightlySyncStart } from '../domain/schedules/nightly-sync';
import type { Logger } from '../platform/logger';

export type ScheduledTenant = Pick<SweptTenant, 'workspaceId' | 'bucketId' | 'timeZone' | 'settings'>;

type Plan = Pick<ScheduleOptions, 'spec' | 'action'> & { policies: NonNullable<ScheduleOptions['policies']> };

/**
 * The nightly sync as Temporal has it (data-model B.3, E-42). The zone is named, so Temporal keeps the time of day over
 * the changes of the clock; a run that would overlap is skipped, and a missed one started only while the night lasts
 * (Temporal's own default would catch up for a year).
 */
function planOf({ workspaceId, bucketId, timeZone, settings }: ScheduledTenant): Plan {
  const start = nightlySyncStart(settings.nightlySync);
  const input: InboxSweepInput = { workspaceId, bucketId };
  return {
    spec: { calendars: [start], timezone: timeZone },
    action: {
      type: 'startWorkflow',
      workflowType: 'inboxSweepWorkflow',
      workflowId: inboxSweepWorkflowId(workspaceId, bucketId),
      taskQueue: taskQueues.uploads,
      args: [input],
    },
    policies: { overlap: 'SKIP', catchupWindow: `${catchUpMinutes(start)} minutes`, pauseOnFailure: false },
  };
}

/**
 * Makes a tenant's schedule, or brings it to the tenant's zone and time. Whether it is paused, and its note, stay. Call it
 * when a tenant is made or its settings change; `ensureSchedules` makes up for a call that was lost.
 */
export async function ensureNightlySync(temporal: Client, tenant: ScheduledTenant): Promise<void> {
  const scheduleId = nightlySyncScheduleId(tenant.workspaceId, tenant.bucketId);
  const plan = planOf(tenant);
  const handle = temporal.schedule.getHandle(scheduleId);
  try {
    // An update that changes nothing would still wake the schedule, and another process may be at it.
    if (isAsPlanned(await handle.describe(), tenant)) return;
    await handle.update(({ state }) => ({ ...plan, state: { ...state } }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    try {
      await temporal.schedule.create({ scheduleId, ...plan });
    } catch (raced) {
      if (!(raced instanceof ScheduleAlreadyRunning)) throw raced;
    }
  }
}

function isAsPlanned({ spec, policies }: ScheduleDescription, { timeZone, settings }: ScheduledTenant): boolean {
  const start = nightlySyncStart(settings.nightlySync);
  const [calendar] = spec.calendars ?? [];
  return (
    spec.calendars?.length === 1 &&
    calendar?.hour[0]?.start === start.hour &&
    calendar.minute[0]?.start === start.minute &&
    spec.timezone === timeZone &&
    policies.overlap === 'SKIP' &&
    policies.catchupWindow === catchUpMinutes(start) * 60_000
  );
}

/** Makes sure that every tenant has its schedule. One that cannot be made does not keep the others from theirs. */
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
      await ensureNightlySync(temporal, tenant);
    } catch (error) {
      const { tenantId } = tenant;
      logger.warn({ err: error, tenantId }, 'the nightly sync of a tenant could not be scheduled');
    }
  }
}
