import { ApplicationFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { SnapshotWorkflowInput } from '../contracts/snapshot';
import { bulk, short } from './proxies';

const longestWaitMs = 3 * 3_600_000;
const longestPauseMs = 30_000;

/** An upload was half committed for all the time. */
const busyCode = 'SNAPSHOT_BUSY';

/** Takes a snapshot at the first moment at which no upload is half committed, keeps it for a while and removes it. */
export async function snapshotWorkflow({ snapshotId, keepSeconds }: SnapshotWorkflowInput): Promise<void> {
  try {
    await take(snapshotId);
    await sleep(keepSeconds * 1000);
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => bulk.dropSnapshot({ snapshotId }));
    } else {
      const code = error instanceof ApplicationFailure ? (error.type ?? 'INTERNAL') : 'INTERNAL';
      await short.failSnapshot({ snapshotId, code });
      await bulk.dropSnapshot({ snapshotId });
    }
    throw error;
  }
  await bulk.dropSnapshot({ snapshotId });
}

/** With pauses of a tenth of the time waited. */
async function take(snapshotId: string): Promise<void> {
  const began = Date.now();
  for (;;) {
    const { status } = await bulk.takeSnapshot({ snapshotId });
    if (status === 'taken') return;
    const waited = Date.now() - began;
    if (waited > longestWaitMs) throw ApplicationFailure.nonRetryable('An upload is half committed', busyCode);
    await sleep(Math.min(Math.max(Math.round(waited / 10), 500), longestPauseMs));
  }
}
