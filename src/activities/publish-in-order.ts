import { PublishBatchCommand, type PublishBatchRequestEntry, type SNSClient } from '@aws-sdk/client-sns';
import { eventMessage, type StoredEvent } from '../domain/events/event-message';

/** An event and the subscriptions of ours that it is for; who subscribed at SNS itself filters by the other attributes. */
export interface Outgoing {
  event: StoredEvent;
  subscriptionIds: readonly string[];
}

/** SNS takes so many messages in one request. */
const requestSize = 10;

/**
 * Publishes events in their order.
 * @returns how many SNS has taken without a gap, and what stopped it. Of those behind the gap some may have gone out too:
 * delivery is at least once.
 */
export async function publishInOrder(
  sns: SNSClient,
  topicArn: string,
  outgoing: readonly Outgoing[],
): Promise<{ taken: number; refused?: unknown }> {
  let taken = 0;
  while (taken < outgoing.length) {
    const part = outgoing.slice(taken, taken + requestSize);
    try {
      const answer = await sns.send(
        new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: part.map(toEntry) }),
      );
      const failed = new Map((answer.Failed ?? []).map(({ Id, Code }) => [Id, Code]));
      const gap = part.findIndex((_, index) => failed.has(String(index)));
      if (gap < 0) {
        taken += part.length;
        continue;
      }
      return {
        taken: taken + gap,
        refused: new Error(`SNS refused an event: ${failed.get(String(gap)) ?? 'no code'}`),
      };
    } catch (error) {
      return { taken, refused: error };
    }
  }
  return { taken };
}

function toEntry({ event, subscriptionIds }: Outgoing, index: number): PublishBatchRequestEntry {
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    Id: String(index),
    Message: JSON.stringify(eventMessage(event)),
    MessageAttributes: {
      eventId: text(event.eventId),
      eventType: text(event.eventType),
      workspaceId: text(event.workspaceId),
      bucketId: text(event.bucketId),
      ...(subscriptionIds.length > 0 && {
        subscriptionId: { DataType: 'String.Array', StringValue: JSON.stringify(subscriptionIds) },
      }),
    },
  };
}
