import { ApplicationFailure, isCancellation, log, sleep, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { FolderRef, InboxSweepInput, OpenSweepInput, SweepRef } from '../contracts/nightly-sync';
import { announce, bulk, perFile, short } from './proxies';

/*
 * Steps that every sweep of a folder has in common: that of the inbox and that of the patient files.
 */

/** More than the settle time, so that a look is never a moment too early. */
const settleMarginMs = 250;
/** Files that are copied and read at once. */
const filesAtOnce = 4;
const longestPauseMs = 5 * 60_000;

/** What is written down of a run as it opens. When the schedule meant it and when it came: hours may lie between. */
export function openingOf({ workspaceId, bucketId }: InboxSweepInput): OpenSweepInput {
  const { searchAttributes, startTime, firstExecutionRunId: sweepId, workflowId } = workflowInfo();
  const [scheduled = startTime] = (searchAttributes.TemporalScheduledStartTime ?? []) as Date[];
  const times = { scheduledAt: new Date(scheduled).toISOString(), startedAt: startTime.toISOString() };
  return { workspaceId, bucketId, ...times, sweepId, workflowId };
}

/**
 * Looks at a folder until nothing in it changes any more.
 * @returns objects that still change after the last look
 */
export async function settle(folder: FolderRef, settleSeconds: number, mostLooks: number): Promise<number> {
  for (let look = 1; ; look += 1) {
    const { unsettled } = await bulk.observeInbox(folder);
    if (unsettled === 0 || look >= mostLooks) return unsettled;
    await sleep(settleSeconds * 1000 + settleMarginMs);
  }
}

/**
 * Claims files and brings them into uploads, until no more are to be had.
 * @param clear what is done after each round
 * @returns objects that had changed again, that S3 does not let us have, or that could not be read: they stay for the
 * next sweep
 */
export async function takeAll(
  ref: SweepRef,
  folder: FolderRef,
  clear: () => Promise<unknown> = async () => undefined,
): Promise<number> {
  const { tenantId, sweepId } = ref;
  const left = new Set<string>();
  for (;;) {
    const claimed = await short.claimInbox({ ...folder, sweepId });
    const fileIds = claimed.fileIds.filter((fileId) => !left.has(fileId));
    if (fileIds.length === 0) return left.size;
    await inLanes(fileIds, async (fileId) => {
      const result = await orLeave(ref, fileId, () => perFile.takeInboxObject({ tenantId, sweepId, fileId }));
      if (!result?.taken) left.add(fileId);
    });
    await bulk.acceptInbox({ tenantId, sweepId });
    await clear();
  }
}

/** Does something with one file. One with which it cannot be done is named in the log, and does not hold up the others. */
export async function orLeave<Result>(
  { tenantId, sweepId }: SweepRef,
  fileId: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a file is left for the next run', { tenantId, sweepId, fileId, code: codeOf(error) ?? 'INTERNAL' });
    return undefined;
  }
}

/** Works through files, some of them at once. */
export async function inLanes(fileIds: readonly string[], work: (fileId: string) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let fileId = fileIds[next++]; fileId; fileId = fileIds[next++]) await work(fileId);
  };
  await Promise.all(Array.from({ length: filesAtOnce }, lane));
}

/** Pauses of a tenth of the time waited: some eighty in three hours. */
export function pauseAfter(waitedMs: number): number {
  return Math.min(Math.max(Math.round(waitedMs / 10), 1_000), longestPauseMs);
}

export async function publish(tenantId: number): Promise<void> {
  try {
    await announce.publishEvents({ tenantId });
  } catch {
    log.warn('events of a sweep wait for the next publishing', { tenantId });
  }
}

/** The code at the bottom of the failures that wrap it. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure) return error.type ?? undefined;
  return error instanceof TemporalFailure && error.cause ? codeOf(error.cause) : undefined;
}
