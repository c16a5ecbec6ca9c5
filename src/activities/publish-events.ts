import { PublishCommand } from '@aws-sdk/client-sns';
import type { UploadRef } from '../contracts/activities';
import type { TenantRef } from '../contracts/nightly-sync';
import { lockOutbox, markPublished, unpublishedEvents, type OutboxEvent } from '../db/queries/events';
import { getUploadWork } from '../db/queries/upload-work';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';

const batch = 50;

/**
 * Publishes the tenant's outbox to SNS in order, at least once: an event is marked only after SNS has taken it.
 * Publishers of the same tenant take turns, batch by batch.
 */
export const createPublishEvents =
  (deps: ActivityDeps) =>
  async (ref: UploadRef | TenantRef): Promise<{ published: number }> =>
    whileHeartbeating(async () => {
      const { tenantId } = 'uploadId' in ref ? await getUploadWork(deps.db, ref.uploadId) : ref;
      let published = 0;
      for (;;) {
        const step = await publishBatch(deps, tenantId);
        if (step === 0) return { published };
        published += step;
      }
    });

async function publishBatch({ db, sns, config }: ActivityDeps, tenantId: number): Promise<number> {
  return db.transaction(async (lock) => {
    await lockOutbox(lock, tenantId);
    const events = await unpublishedEvents(db, tenantId, batch);
    for (const event of events) {
      await sns.send(new PublishCommand(toMessage(event, config.aws.topicArn)));
      // Outside the lock's transaction: what has gone out stays marked even when a later one fails.
      await markPublished(db, [event.eventSeq]);
    }
    return events.length;
  });
}

function toMessage(event: OutboxEvent, topicArn: string): ConstructorParameters<typeof PublishCommand>[0] {
  const { eventId, eventType, workspaceId, bucketId, createdAt, body } = event;
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    TopicArn: topicArn,
    Message: JSON.stringify({ eventId, eventType, workspaceId, bucketId, eventTime: createdAt.toISOString(), ...body }),
    MessageAttributes: {
      eventId: text(eventId),
      eventType: text(eventType),
      workspaceId: text(workspaceId),
      bucketId: text(bucketId),
    },
  };
}
