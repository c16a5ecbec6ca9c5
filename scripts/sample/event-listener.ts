import { createServer } from 'node:http';
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { waitFor } from '../stack/wait';

export interface PortalEvent {
  eventId: string;
  eventType: string;
  uploadId?: string;
  entity?: string;
}

export interface EventListener {
  /** Each event once, in the order it came. */
  events: readonly PortalEvent[];
  close(): Promise<void>;
}

export interface ListenerOptions {
  snsEndpoint: string;
  topicArn: string;
  workspaceId: string;
  bucketId: string;
}

/**
 * Subscribes a web server of our own to the topic, as AWS describes it: confirm once, then take notifications. Only
 * those of one tenant come. A server open to others would first check each message's signature; the emulator signs none.
 */
export async function listenForEvents(options: ListenerOptions): Promise<EventListener> {
  const { snsEndpoint, topicArn, workspaceId, bucketId } = options;
  const sns = new SNSClient({ endpoint: snsEndpoint, region: topicArn.split(':')[3] });
  const events: PortalEvent[] = [];
  const seen = new Set<string>();
  let subscriptionArn: string | undefined;

  const receive = async (body: string): Promise<void> => {
    const envelope = JSON.parse(body) as { Type: string; Token?: string; Message: string };
    if (envelope.Type === 'SubscriptionConfirmation') {
      const confirmed = await sns.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: envelope.Token }));
      subscriptionArn = confirmed.SubscriptionArn;
    } else if (envelope.Type === 'Notification') {
      const event = JSON.parse(envelope.Message) as PortalEvent;
      // Delivery is at least once.
      if (!seen.has(event.eventId)) events.push(event);
      seen.add(event.eventId);
    }
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      receive(Buffer.concat(parts).toString('utf8')).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(400).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'http',
      Endpoint: `http://127.0.0.1:${port}/events`,
      Attributes: { FilterPolicy: JSON.stringify({ workspaceId: [workspaceId], bucketId: [bucketId] }) },
    }),
  );
  await waitFor('the confirmation of the SNS subscription', async () => subscriptionArn, { timeoutMs: 15_000 });

  return {
    events,
    close: async () => {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }));
      sns.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
