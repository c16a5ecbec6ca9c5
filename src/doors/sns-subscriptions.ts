import {
  GetSubscriptionAttributesCommand,
  NotFoundException,
  paginateListSubscriptionsByTopic,
  SubscribeCommand,
  UnsubscribeCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { Subscription } from '../db/queries/subscriptions';
import type { Tenant } from '../db/queries/tenants';

export interface SnsTopic {
  sns: SNSClient;
  topicArn: string;
}

/** SNS tries so long by itself: 3 times every 20 seconds, then with pauses that grow to 5 minutes, for nearly an hour. */
const deliveryPolicy = {
  healthyRetryPolicy: {
    minDelayTarget: 20,
    maxDelayTarget: 300,
    numRetries: 14,
    numNoDelayRetries: 0,
    numMinDelayRetries: 3,
    numMaxDelayRetries: 8,
    backoffFunction: 'exponential',
  },
};

type Target = Pick<Subscription, 'subscriptionId' | 'protocol' | 'target'>;

/**
 * Has SNS subscribe the endpoint, or ask it once more to confirm. The filter lets through what is published for this
 * subscription, and by its other two attributes nothing of another tenant's whatever the first may say.
 * @returns the ARN, null while SNS does not tell it
 */
export async function subscribe(
  { sns, topicArn }: SnsTopic,
  { workspaceId, bucketId }: Pick<Tenant, 'workspaceId' | 'bucketId'>,
  { subscriptionId, protocol, target }: Target,
): Promise<string | null> {
  const filter = { workspaceId: [workspaceId], bucketId: [bucketId], subscriptionId: [subscriptionId] };
  const answer = await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: target,
      ReturnSubscriptionArn: true,
      Attributes: {
        FilterPolicy: JSON.stringify(filter),
        ...(protocol !== 'sqs' && { DeliveryPolicy: JSON.stringify(deliveryPolicy) }),
      },
    }),
  );
  return isArn(answer.SubscriptionArn) ? answer.SubscriptionArn : null;
}

function isArn(text: string | undefined): text is string {
  return text !== undefined && text.startsWith('arn:');
}

/** The ARN of a subscription whose Subscribe did not tell it; null when SNS still keeps it to itself. */
export async function findArn({ sns, topicArn }: SnsTopic, target: string): Promise<string | null> {
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client: sns },
    { TopicArn: topicArn },
  )) {
    const found = Subscriptions.find(({ Endpoint }) => Endpoint === target);
    if (found) return isArn(found.SubscriptionArn) ? found.SubscriptionArn : null;
  }
  return null;
}

/** Whether the endpoint has confirmed; `gone` when SNS does not know the subscription. */
export async function confirmation({ sns }: SnsTopic, arn: string): Promise<'pending' | 'confirmed' | 'gone'> {
  try {
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }));
    return Attributes?.PendingConfirmation === 'true' ? 'pending' : 'confirmed';
  } catch (error) {
    if (error instanceof NotFoundException || (error as Error).name === 'NotFound') return 'gone';
    throw error;
  }
}

/** Ends a subscription at SNS. One that was never confirmed SNS forgets by itself. */
export async function unsubscribe({ sns }: SnsTopic, arn: string): Promise<void> {
  try {
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: arn }));
  } catch (error) {
    if ((await confirmation({ sns, topicArn: '' }, arn)) === 'confirmed') throw error;
  }
}
