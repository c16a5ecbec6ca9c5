import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  at: number;
  path: string;
  headers: IncomingMessage['headers'];
  /** Of SNS, not of ours: the same when SNS tries again. */
  messageId: string;
  attributes: Record<string, { Value: string }>;
  message: Record<string, string>;
}

/** A subscriber as AWS describes it: it visits the SubscribeURL and takes notifications. What it answers can be set. */
export class Receiver {
  readonly taken: Delivery[] = [];
  /** Requests in all, also those that it refused. */
  attempts = 0;
  confirms = true;
  status = 200;
  delayMs = 0;
  private port = 0;
  private server = createServer((request, response) => this.receive(request, response));

  /** Begins to listen, at the same port as before when it was down. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server = createServer((request, response) => this.receive(request, response));
  }

  url(path = '/events'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Ids of the events that came, each once, in the order in which they first came. */
  eventIds(): string[] {
    return [...new Set(this.taken.map(({ attributes }) => attributes.eventId?.Value ?? ''))];
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.attempts += 1;
      void this.answer(request, JSON.parse(Buffer.concat(parts).toString('utf8')) as Envelope, response);
    });
  }

  private async answer(request: IncomingMessage, envelope: Envelope, response: ServerResponse): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (envelope.Type === 'SubscriptionConfirmation') {
      if (this.confirms) await fetch(envelope.SubscribeURL);
    } else if (this.status === 200) {
      this.taken.push({
        at: Date.now(),
        path: request.url ?? '',
        headers: request.headers,
        messageId: envelope.MessageId,
        attributes: envelope.MessageAttributes ?? {},
        message: JSON.parse(envelope.Message) as Record<string, string>,
      });
    }
    response.writeHead(this.status).end();
  }
}

interface Envelope {
  Type: string;
  MessageId: string;
  Message: string;
  SubscribeURL: string;
  MessageAttributes?: Record<string, { Value: string }>;
}
