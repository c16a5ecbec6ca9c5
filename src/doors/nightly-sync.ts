import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Knex } from 'knex';
import type { InboxSweepInput } from '../contracts/nightly-sync';
import { searchAttributes } from '../contracts/search-attributes';
import { taskQueues } from '../contracts/task-queues';
import { inboxSweepWorkflowId, nightlySyncScheduleId } from '../contracts/workflow-ids';
import { listSweptTenants, type SweptTenant } from '../db/queries/inbox-sweeps';
import { catchUpMinutes, nightlySyncStart } from '../domain/schedules/nightly-sync';
import type { Logger } from '../platform/logger';
import { isUnknownSearchAttribute } from './start-workflow';

export type ScheduledTenant = Pick<SweptTenant, 'workspaceId' | 'bucketId' | 'timeZone' | 'settings'>;

type Plan = Pick<ScheduleOptions, 'spec' | 'action'> & { policies: NonNullable<ScheduleOptions['policies']> };

/** Whether runs carry what they are found by in the Temporal UI. */
type Indexed = 'indexed' | 'plain';

/**
 * The nightly sync as Temporal has it (data-model B.3, E-42). The zone is named, so Temporal keeps the time of day over
 * the changes of the clock; a run that would overlap is skipped, and a missed one started only while the night lasts
 * (Temporal's own default would catch up for a year).
 */
function planOf({ workspaceId, bucketId, timeZone, settings }: ScheduledTenant, indexed: Indexed): Plan {
  const start = nightlySyncStart(settings.nightlySync);
  const input: InboxSweepInput = { workspaceId, bucketId };
  const attributes = [{ key: searchAttributes.tenant, value: `${workspaceId}/${bucketId}` }];
  return {
    spec: { calendars: [start], timezone: timeZone },
    action: {
      type: 'startWorkflow',
      workflowType: 'inboxSweepWorkflow',
      workflowId: inboxSweepWorkflowId(workspaceId, bucketId),
      taskQueue: taskQueues.uploads,
      args: [input],
      ...(indexed === 'indexed' && { typedSearchAttributes: new TypedSearchAttributes(attributes) }),
    },
    policies: { overlap: 'SKIP', catchupWindow: `${catchUpMinutes(start)} minutes`, pauseOnFailure: false },
  };
}

/**
 * Makes a tenant's schedule, or brings it to the tenant's zone and time. Whether it is paused, and its note, stay. Call it
 * when a tenant is made or its settings change; `ensureSchedules` makes up for a call that was lost.
 */
export async function ensureNightlySync(temporal: Client, tenant: ScheduledTenant): Promise<void> {
  try {
    await ensure(temporal, tenant, 'indexed');
  } catch (error) {
    if (!isUnknownSearchAttribute(error)) throw error;
    await ensure(temporal, tenant, 'plain');
  }
}

async function ensure(temporal: Client, tenant: ScheduledTenant, indexed: Indexed): Promise<void> {
  const scheduleId = nightlySyncScheduleId(tenant.workspaceId, tenant.bucketId);
  const plan = planOf(tenant, indexed);
  const handle = temporal.schedule.getHandle(scheduleId);
  try {
    // An update that changes nothing would still wake the schedule, and another process may be at it.
    if (isAsPlanned(await handle.describe(), tenant, indexed)) return;
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

function isAsPlanned(
  { spec, policies, action }: ScheduleDescription,
  { timeZone, settings }: ScheduledTenant,
  indexed: Indexed,
): boolean {
  const start = nightlySyncStart(settings.nightlySync);
  const [calendar] = spec.calendars ?? [];
  return (
    spec.calendars?.length === 1 &&
    calendar?.hour[0]?.start === start.hour &&
    calendar.minute[0]?.start === start.minute &&
    spec.timezone === timeZone &&
    policies.overlap === 'SKIP' &&
    policies.catchupWindow === catchUpMinutes(start) * 60_000 &&
    (indexed === 'plain' || isIndexed(action))
  );
}

function isIndexed({ typedSearchAttributes: attributes }: ScheduleDescription['action']): boolean {
  return attributes instanceof TypedSearchAttributes && attributes.get(searchAttributes.tenant) !== undefined;
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
