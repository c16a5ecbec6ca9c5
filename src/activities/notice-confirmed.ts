import { listSubscriptions } from '../db/queries/subscriptions';
import { refresh } from '../doors/subscriptions';
import type { ActivityDeps } from './deps';

/** Some never confirm, and SNS lets its users ask only so often. */
const askedAgainMs = 60_000;

/**
 * Nobody tells us when an endpoint confirms: it is looked for when there is something to send, of each subscription at
 * most once a minute. When that fails, events go out all the same: SNS knows whom to send them to.
 */
export function createNoticeConfirmed({
  db,
  sns,
  config,
  logger,
}: Pick<ActivityDeps, 'db' | 'sns' | 'config' | 'logger'>): (tenantId: number) => Promise<void> {
  const { topicArn } = config.aws;
  const askedAt = new Map<string, number>();
  return async (tenantId) => {
    const now = Date.now();
    for (const [id, at] of askedAt) if (now - at >= askedAgainMs) askedAt.delete(id);
    const pending = (await listSubscriptions(db, tenantId)).filter(
      ({ status, subscriptionId }) => status === 'pending' && !askedAt.has(subscriptionId),
    );
    for (const { subscriptionId } of pending) askedAt.set(subscriptionId, now);
    const looks = await Promise.allSettled(pending.map((each) => refresh({ db, sns, topicArn }, each)));
    for (const [i, look] of looks.entries()) {
      if (look.status === 'fulfilled') continue;
      logger.warn(
        { err: look.reason as unknown, subscriptionId: pending[i]?.subscriptionId },
        'a confirmation is looked for later',
      );
    }
  };
}
