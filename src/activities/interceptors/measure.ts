import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import type { ActivityMeter } from '../meter';

/** How often and how long each activity runs, and how it ends. */
export function createMeasure(meter: ActivityMeter, activityType: string): ActivityInboundCallsInterceptor {
  return {
    async execute(
      input: ActivityExecuteInput,
      next: Next<ActivityInboundCallsInterceptor, 'execute'>,
    ): Promise<unknown> {
      const end = meter.start(activityType);
      try {
        const result = await next(input);
        end('done');
        return result;
      } catch (error) {
        end('failed');
        throw error;
      }
    },
  };
}
