import {
  ActivityCancellationType,
  patched,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import { taskQueues } from '../contracts/task-queues';
import type { Activities } from '../activities';

/*
 * One named block for each class of work. An outage of PostgreSQL, S3 or SNS is waited out: attempts are bounded by time
 * and not by number, and what cannot get better is marked as not retryable where it is thrown.
 */

/** A few statements; no heartbeat needed. */
const fewStatements = {
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '24 hours',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} satisfies ActivityOptions;

export const short = proxyActivities<Activities>(fewStatements);
// A long outage is waited out by timers, not by holding the workflow task.
const local = proxyLocalActivities<Activities>({ ...fewStatements, localRetryThreshold: '4 seconds' });

/**
 * The short steps of an upload, by the worker that runs its workflow: a way through a task queue takes longer than they do.
 * Runs that began before they were local go on as they began.
 */
export function shortStepsOfUpload(): typeof short {
  return patched('local-short-steps') ? local : short;
}

/** Streams files or moves sets of rows: heartbeats, so that a dead worker is noticed within seconds. */
const inSets = {
  startToCloseTimeout: '4 hours',
  scheduleToCloseTimeout: '24 hours',
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
} satisfies ActivityOptions;

export const bulk = proxyActivities<Activities>({ ...inSets, taskQueue: taskQueues.records });
const interactive = proxyActivities<Activities>({ ...inSets, taskQueue: taskQueues.batches });

/** The steps of an upload that move its rows, in the places that are kept for its kind. */
export function stepsOf(upload: { interactive?: boolean }): typeof bulk {
  return upload.interactive ? interactive : bulk;
}

/** One file of many: one that cannot be had is given up for this run, so that the others need not wait for it long. */
export const perFile = proxyActivities<Activities>({
  taskQueue: taskQueues.records,
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Publishing waits out an SNS outage for days: an event is never given up. */
export const notify = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '14 days',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Not worth waiting for: what SNS does not take in time goes out with the tenant's next events. */
export const announce = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
