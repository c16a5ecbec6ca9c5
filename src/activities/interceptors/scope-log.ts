import type { Info } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { uploadIdOf } from '../../contracts/workflow-ids';
import { withLogScope } from '../../platform/log-scope';

/** Gives every line that an activity logs the ids of its upload, workflow and attempt. */
export function createScopeLog(info: Info): ActivityInboundCallsInterceptor {
  const { activityType, attempt } = info;
  const { workflowId, runId } = info.workflowExecution ?? {};
  const uploadId = workflowId === undefined ? undefined : uploadIdOf(workflowId);
  return {
    execute: (input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> =>
      withLogScope({ uploadId, workflowId, runId, activityType, attempt }, () => next(input)),
  };
}
