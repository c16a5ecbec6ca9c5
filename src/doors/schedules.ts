import {
  ScheduleNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import type { Knex } from 'knex';
import { nightlySyncScheduleId, patientImportScheduleId } from '../contracts/workflow-ids';
import { writeAudit, type AuditAction } from '../db/queries/audit-log';
import { Refusal } from './refusal';

/** A caller waits for this, so it may not take as long as the client's own retries. */
const timeoutMs = 5_000;

export const scheduleKinds = ['nightly-sync', 'patient-import'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

type Place = Readonly<{ workspaceId: string; bucketId: string }>;

const idsOf: Record<ScheduleKind, (workspaceId: string, bucketId: string) => string> = {
  'nightly-sync': nightlySyncScheduleId,
  'patient-import': patientImportScheduleId,
};

export interface ScheduleView {
  scheduleId: string;
  kind: ScheduleKind;
  timeZone: string;
  /** Minute, hour, day, month and weekday, in that zone. */
  cron: string;
  /** Null while the schedule is paused. */
  nextRunAt: Date | null;
  /** Its status is null when Temporal has forgotten the run. */
  lastRun: { startedAt: Date; status: string | null; workflowId: string } | null;
  paused: boolean;
  note: string | null;
  /** Runs that never started: nothing was there to start them until their catch-up time was over. */
  missedRuns: number;
  /** Runs that were left out because the one before was still under way. */
  skippedRuns: number;
}

/** The schedules of a tenant. */
export async function listSchedules(temporal: Client, place: Place): Promise<ScheduleView[]> {
  return temporal.withDeadline(Date.now() + timeoutMs, async () => {
    const found = await Promise.all(scheduleKinds.map((kind) => findSchedule(temporal, place, kind)));
    return found.flat();
  });
}

async function findSchedule(
  temporal: Client,
  { workspaceId, bucketId }: Place,
  kind: ScheduleKind,
): Promise<ScheduleView[]> {
  try {
    const handle = temporal.schedule.getHandle(idsOf[kind](workspaceId, bucketId));
    return [await describe(temporal, await handle.describe(), kind)];
  } catch (error) {
    // Not made yet: `ensureSchedules` is about to.
    if (error instanceof ScheduleNotFoundError) return [];
    throw error;
  }
}

/** Who acts on a schedule of which tenant, for the audit log. */
export interface ScheduleCaller {
  tenant: Place & { tenantId: number };
  actorKeyId: string;
}

interface ScheduleDeps {
  db: Knex;
  temporal: Client;
}

/** Starts a run now; when one is under way, another right after it. Works on a paused schedule as well. */
export function triggerSchedule(deps: ScheduleDeps, caller: ScheduleCaller, scheduleId: string): Promise<void> {
  return actOn(deps, caller, scheduleId, 'schedule.triggered', (schedule) => schedule.trigger('BUFFER_ONE'));
}

/** @param note why; everybody who looks at the schedule sees it, and it is kept nowhere else */
export function pauseSchedule(
  deps: ScheduleDeps,
  caller: ScheduleCaller,
  scheduleId: string,
  note: string,
): Promise<void> {
  return actOn(deps, caller, scheduleId, 'schedule.paused', (schedule) => schedule.pause(note));
}

export function resumeSchedule(deps: ScheduleDeps, caller: ScheduleCaller, scheduleId: string): Promise<void> {
  return actOn(deps, caller, scheduleId, 'schedule.resumed', (schedule) => schedule.unpause('resumed'));
}

/**
 * Acts on a schedule and writes down who did. What Temporal refuses is not written down.
 * @throws Refusal NOT_FOUND also for a schedule of another tenant, so that its existence is not given away
 */
async function actOn(
  { db, temporal }: ScheduleDeps,
  { tenant, actorKeyId }: ScheduleCaller,
  scheduleId: string,
  action: AuditAction,
  act: (schedule: ScheduleHandle) => Promise<void>,
): Promise<void> {
  const { tenantId, workspaceId, bucketId } = tenant;
  const unknown = new Refusal('NOT_FOUND', 'There is no such schedule.');
  if (!scheduleKinds.some((kind) => scheduleId === idsOf[kind](workspaceId, bucketId))) throw unknown;
  try {
    await db.transaction(async (trx) => {
      await writeAudit(trx, { actorKeyId, action, tenantId, details: { scheduleId } });
      await temporal.withDeadline(Date.now() + timeoutMs, () => act(temporal.schedule.getHandle(scheduleId)));
    });
  } catch (error) {
    throw error instanceof ScheduleNotFoundError ? unknown : error;
  }
}

async function describe(
  temporal: Client,
  { scheduleId, spec, state, info }: ScheduleDescription,
  kind: ScheduleKind,
): Promise<ScheduleView> {
  const [calendar] = spec.calendars ?? [];
  return {
    scheduleId,
    kind,
    timeZone: spec.timezone ?? 'UTC',
    cron: `${calendar?.minute[0]?.start ?? 0} ${calendar?.hour[0]?.start ?? 0} * * *`,
    nextRunAt: state.paused ? null : (info.nextActionTimes[0] ?? null),
    lastRun: await lastRunOf(temporal, info),
    paused: state.paused,
    note: state.note || null,
    missedRuns: info.numActionsMissedCatchupWindow,
    skippedRuns: info.numActionsSkippedOverlap,
  };
}

async function lastRunOf(
  temporal: Client,
  { recentActions }: ScheduleDescription['info'],
): Promise<ScheduleView['lastRun']> {
  const last = recentActions.at(-1);
  if (!last) return null;
  const { workflowId, firstExecutionRunId } = last.action.workflow;
  const run = { startedAt: last.takenAt, workflowId };
  try {
    const { status } = await temporal.workflow.getHandle(workflowId, firstExecutionRunId).describe();
    return { ...run, status: status.name.toLowerCase() };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...run, status: null };
    throw error;
  }
}
