import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import { uploadIdOf } from '../contracts/workflow-ids';
import type { Logger } from '../platform/logger';

/** Sets up the SDK for this process: its lines, and those of workflows, in our log; its metrics on a port of their own. */
export function installRuntime(logger: Logger, metricsAddress: string): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', (entry) => forward(logger, entry)),
    telemetryOptions: { metrics: { prometheus: { bindAddress: metricsAddress, countersTotalSuffix: true } } },
    // The worker's own shutdown stops workers and connections in order.
    shutdownSignals: [],
  });
}

/** Message, ids and codes, without what else a line may carry. */
function forward(logger: Logger, { level, message, meta }: LogEntry): void {
  const { workflowId, runId, workflowType, activityType, attempt, taskQueue, fileId, code, error } = meta ?? {};
  const uploadId: unknown = meta?.uploadId ?? (typeof workflowId === 'string' ? uploadIdOf(workflowId) : undefined);
  const ids = { uploadId, workflowId, runId, workflowType, activityType, attempt, taskQueue, fileId, code };
  const name = level.toLowerCase() as Lowercase<typeof level>;
  logger[name]({ ...ids, ...(error ? { err: error } : {}) }, message);
}
