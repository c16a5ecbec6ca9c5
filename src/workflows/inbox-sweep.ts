import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  InboxSweepInput,
  InboxSweepResult,
  InboxSweepStep,
  OpenSweepResult,
  SweepRef,
} from '../contracts/nightly-sync';
import { announce, bulk, short } from './proxies';

/** Looks at an inbox in which something keeps changing; what still does then stays for the next sweep. */
const mostLooks = 30;
/** More than the settle time, so that a look is never a moment too early. */
const settleMarginMs = 250;
/** Files that are copied and read at once. */
const filesAtOnce = 4;
/** A run that waits longer would keep the next night's from starting. */
const longestWaitMs = 20 * 3_600_000;
const longestPauseMs = 5 * 60_000;

/** The night's files stay where they are, for the next night or for a run that is triggered. */
const missedCode = 'NIGHTLY_SYNC_MISSED';

interface SweepState extends SweepRef {
  step: InboxSweepStep;
  /** Objects left in the inbox, because they still changed or could not be read. */
  waiting: number;
}

/**
 * One sweep of a tenant's inbox, the nightly sync: waits until the objects there stand still, makes an upload of them and
 * waits for its end. Says so when it is not done at 02:45 (data-model B.3).
 */
export async function inboxSweepWorkflow(input: InboxSweepInput): Promise<InboxSweepResult> {
  const sweepId = workflowInfo().firstExecutionRunId;
  const opened = await short.openSweep({
    ...placeOf(input),
    ...timesOf(),
    sweepId,
    workflowId: workflowInfo().workflowId,
  });
  const state: SweepState = { tenantId: opened.tenantId, sweepId, step: 'settle', waiting: 0 };
  if (opened.missed) {
    await endSweep(state, 'missed', missedCode);
    throw ApplicationFailure.nonRetryable('The run came after its catch-up limit', missedCode);
  }

  const watch = watchForLateness(state, latenessMs(input, opened));
  try {
    await sweep(state, opened.settleSeconds);
  } catch (error) {
    await watch.stop();
    await endSweep(state, 'failed', isCancellation(error) ? 'NIGHTLY_SYNC_CANCELLED' : (codeOf(error) ?? 'INTERNAL'));
    throw error;
  }
  await watch.stop();
  return endSweep(state, 'completed');
}

const placeOf = ({ workspaceId, bucketId }: InboxSweepInput) => ({ workspaceId, bucketId });

/** When the schedule meant the run to start, and when it did: hours may lie between, after an outage. */
function timesOf(): { scheduledAt: string; startedAt: string } {
  const { searchAttributes, startTime } = workflowInfo();
  const [scheduled = startTime] = (searchAttributes.TemporalScheduledStartTime ?? []) as Date[];
  return { scheduledAt: new Date(scheduled).toISOString(), startedAt: startTime.toISOString() };
}

function latenessMs({ lateAfterSeconds }: InboxSweepInput, { lateAt }: OpenSweepResult): number {
  return lateAfterSeconds === undefined ? Date.parse(lateAt) - Date.now() : lateAfterSeconds * 1000;
}

async function sweep(state: SweepState, settleSeconds: number): Promise<void> {
  const { tenantId, sweepId } = state;
  state.waiting = await settle(tenantId, settleSeconds * 1000 + settleMarginMs);
  state.step = 'take';
  for (;;) {
    const { fileIds } = await short.claimInbox({ tenantId, sweepId });
    if (fileIds.length === 0) break;
    state.waiting += await takeFiles(state, fileIds);
    await bulk.acceptInbox({ tenantId, sweepId });
    await bulk.clearInbox({ tenantId });
  }
  // An earlier sweep may have been interrupted with nothing left to do but this.
  await bulk.clearInbox({ tenantId });
  state.step = 'upload';
  await waitForUploads(state);
}

/** @returns objects that still change */
async function settle(tenantId: number, pauseMs: number): Promise<number> {
  for (let look = 1; ; look += 1) {
    const { unsettled } = await bulk.observeInbox({ tenantId });
    if (unsettled === 0 || look >= mostLooks) return unsettled;
    await sleep(pauseMs);
  }
}

/** @returns objects that had changed again, or that S3 does not let us have: they stay for the next sweep */
async function takeFiles({ tenantId, sweepId }: SweepState, fileIds: readonly string[]): Promise<number> {
  let next = 0;
  let left = 0;
  const lane = async (): Promise<void> => {
    for (let fileId = fileIds[next++]; fileId; fileId = fileIds[next++]) {
      const { taken } = await bulk.takeInboxObject({ tenantId, sweepId, fileId });
      if (!taken) left += 1;
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, lane));
  return left;
}

/**
 * Waits for the ends of uploads. They are workflows of their own, started by the door like all others and restarted by
 * its recovery, so they are asked after: with pauses of a tenth of the time waited, some eighty times in three hours.
 */
async function waitForUploads({ tenantId, sweepId }: SweepState): Promise<void> {
  const began = Date.now();
  for (;;) {
    const { unfinished } = await short.countUploadEnds({ tenantId, sweepId });
    const waited = Date.now() - began;
    if (unfinished === 0 || waited > longestWaitMs) return;
    await sleep(Math.min(Math.max(Math.round(waited / 10), 1_000), longestPauseMs));
  }
}

/** Reports once when the time comes; `stop` takes the timer away, and waits for a report that is on its way. */
function watchForLateness(state: SweepState, afterMs: number): { stop(): Promise<void> } {
  const timer = new CancellationScope();
  const reported = timer
    .run(() => sleep(Math.max(afterMs, 1)))
    .then(() => CancellationScope.nonCancellable(() => reportLate(state)))
    .catch((error: unknown) => {
      if (!isCancellation(error)) log.warn('lateness could not be reported', { sweepId: state.sweepId });
    });
  return {
    async stop() {
      timer.cancel();
      await CancellationScope.nonCancellable(() => reported);
    },
  };
}

async function reportLate({ tenantId, sweepId, step }: SweepState): Promise<void> {
  await short.reportLate({ tenantId, sweepId, step });
  await publish(tenantId);
}

async function endSweep(
  { tenantId, sweepId, waiting }: SweepState,
  status: InboxSweepResult['status'],
  code?: string,
): Promise<InboxSweepResult> {
  return CancellationScope.nonCancellable(async () => {
    const result = await short.endSweep({ tenantId, sweepId, status, code, waiting });
    await publish(tenantId);
    return result;
  });
}

async function publish(tenantId: number): Promise<void> {
  try {
    await announce.publishEvents({ tenantId });
  } catch {
    log.warn('events of the nightly sync wait for the next publishing', { tenantId });
  }
}

/** The code at the bottom of the failures that wrap it. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure) return error.type ?? undefined;
  return error instanceof TemporalFailure && error.cause ? codeOf(error.cause) : undefined;
}
