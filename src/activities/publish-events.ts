import { setTimeout as sleep } from 'node:timers/promises';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { UploadRef } from '../contracts/activities';
import type { TenantRef } from '../contracts/nightly-sync';
import { markPublished, tryLockOutbox, unpublishedEvents, type OutboxEvent } from '../db/queries/events';
import { getUploadWork } from '../db/queries/upload-work';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';

const batch = 20;

/** How long a publisher waits for another one of the same tenant. */
const otherPublisherMs = 200;

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
        if (step === 'busy') await sleep(otherPublisherMs);
        else published += step;
      }
    });

/** One connection does it all: a publisher that held one and asked for another could wait for itself. */
async function publishBatch(deps: ActivityDeps, tenantId: number): Promise<number | 'busy'> {
  let refused: unknown;
  const published = await deps.db.transaction(async (trx) => {
    if (!(await tryLockOutbox(trx, tenantId))) return 'busy';
    const sent: string[] = [];
    for (const event of await unpublishedEvents(trx, tenantId, batch)) {
      try {
        await deps.sns.send(new PublishCommand(toMessage(event, deps.config.aws.topicArn)));
        sent.push(event.eventSeq);
      } catch (error) {
        // What has gone out before stays marked.
        refused = error;
        break;
      }
    }
    await markPublished(trx, sent);
    return sent.length;
  });
  if (refused) throw refused;
  return published;
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
