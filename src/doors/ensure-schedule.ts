import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes } from '../contracts/search-attributes';
import { taskQueues } from '../contracts/task-queues';
import { catchUpMinutes, type TimeOfDay } from '../domain/schedules/nightly-sync';
import { isUnknownSearchAttribute } from './start-workflow';

/** A workflow that runs every night for a tenant. */
export interface NightlyRun {
  scheduleId: string;
  workflowType: string;
  workflowId: string;
  input: { workspaceId: string; bucketId: string };
  start: TimeOfDay;
  timeZone: string;
}

type Plan = Pick<ScheduleOptions, 'spec' | 'action'> & { policies: NonNullable<ScheduleOptions['policies']> };

/** Whether runs carry what they are found by in the Temporal UI. */
type Indexed = 'indexed' | 'plain';

/**
 * The run as Temporal has it (data-model B.3, E-42). The zone is named, so Temporal keeps the time of day over the changes
 * of the clock; a run that would overlap is skipped, and a missed one started only while the night lasts (Temporal's own
 * default would catch up for a year).
 */
function planOf({ workflowType, workflowId, input, start, timeZone }: NightlyRun, indexed: Indexed): Plan {
  const attributes = [{ key: searchAttributes.tenant, value: `${input.workspaceId}/${input.bucketId}` }];
  return {
    spec: { calendars: [{ ...start }], timezone: timeZone },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId,
      taskQueue: taskQueues.uploads,
      args: [input],
      ...(indexed === 'indexed' && { typedSearchAttributes: new TypedSearchAttributes(attributes) }),
    },
    policies: { overlap: 'SKIP', catchupWindow: `${catchUpMinutes(start)} minutes`, pauseOnFailure: false },
  };
}

/** Makes a schedule, or brings it to its zone and time. Whether it is paused, and its note, stay. */
export async function ensureSchedule(temporal: Client, run: NightlyRun): Promise<void> {
  try {
    await ensure(temporal, run, 'indexed');
  } catch (error) {
    if (!isUnknownSearchAttribute(error)) throw error;
    await ensure(temporal, run, 'plain');
  }
}

async function ensure(temporal: Client, run: NightlyRun, indexed: Indexed): Promise<void> {
  const { scheduleId } = run;
  const plan = planOf(run, indexed);
  const handle = temporal.schedule.getHandle(scheduleId);
  try {
    // An update that changes nothing would still wake the schedule, and another process may be at it.
    if (isAsPlanned(await handle.describe(), run, indexed)) return;
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
  { start, timeZone }: NightlyRun,
  indexed: Indexed,
): boolean {
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
