import { ApplicationFailure, CancellationScope, isCancellation, log, sleep, workflowInfo } from '@temporalio/workflow';
import type {
  InboxSweepInput,
  InboxSweepResult,
  InboxSweepStep,
  OpenSweepResult,
  SweepRef,
} from '../contracts/nightly-sync';
import { bulk, short } from './proxies';
import { codeOf, openingOf, pauseAfter, publish, settle, takeAll } from './sweep-steps';

/** Looks at an inbox in which something keeps changing; what still does then stays for the next sweep. */
const mostLooks = 30;
/** A run that waits longer would keep the next night's from starting. */
const longestWaitMs = 20 * 3_600_000;

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
  const opened = await short.openSweep(openingOf(input));
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

function latenessMs({ lateAfterSeconds }: InboxSweepInput, { lateAt }: OpenSweepResult): number {
  return lateAfterSeconds === undefined ? Date.parse(lateAt) - Date.now() : lateAfterSeconds * 1000;
}

async function sweep(state: SweepState, settleSeconds: number): Promise<void> {
  const { tenantId, sweepId } = state;
  state.waiting = await settle({ tenantId }, settleSeconds, mostLooks);
  state.step = 'take';
  state.waiting += await takeAll({ tenantId, sweepId }, { tenantId }, () => bulk.clearInbox({ tenantId }));
  // An earlier sweep may have been interrupted with nothing left to do but this.
  await bulk.clearInbox({ tenantId });
  state.step = 'upload';
  await waitForUploads(state);
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
    await sleep(pauseAfter(waited));
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
