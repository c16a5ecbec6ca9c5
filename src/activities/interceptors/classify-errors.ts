import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { describeError, type Logger } from '../../platform/logger';

/** Errors of our own making: trying again gives the same. */
const programmingErrors = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/**
 * Classifies what leaves an activity, in one place. Messages of drivers may quote values of records, so Temporal is told
 * the kind and code of an error and the log its place.
 */
export function createClassifyErrors(logger: Logger, activityType: string): ActivityInboundCallsInterceptor {
  return {
    async execute(
      input: ActivityExecuteInput,
      next: Next<ActivityInboundCallsInterceptor, 'execute'>,
    ): Promise<unknown> {
      try {
        return await next(input);
      } catch (error) {
        if (error instanceof TemporalFailure || error instanceof CancelledFailure) throw error;
        logger.warn({ activityType, ...ids(input.args[0]), err: error }, 'activity failed');
        const { kind, code } = describeError(error);
        throw ApplicationFailure.create({
          type: String(code ?? kind),
          message: `${activityType} failed with ${String(kind)}${code ? ` ${String(code)}` : ''}`,
          nonRetryable: programmingErrors.has(String(kind)),
        });
      }
    },
  };
}

function ids(argument: unknown): Record<string, unknown> {
  if (typeof argument !== 'object' || argument === null) return {};
  const { uploadId, entity, index, fileNo } = argument as Record<string, unknown>;
  return { uploadId, entity, index, fileNo };
}
