import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import express, { type ErrorRequestHandler, type Express } from 'express';
import MessageValidator from 'sns-validator';
import { createClient, type Call } from './client';
import { loadSettings, type Settings } from './settings';

/*
 * A subscriber of submission events: confirms its subscription, checks who a message is from, drops those that it has had,
 * and fetches the record of each submission.
 *
 *   npm run example -- receiver [public address of this server]
 */

interface Envelope {
  Type: string;
  MessageId: string;
  TopicArn: string;
  Message: string;
  SubscribeURL?: string;
}

export interface ReceiverOptions {
  settings: Settings;
  call: Call;
  /** Ids of messages that are done; a service of several processes would have a table for them. */
  seenFile: string;
  /** Takes a record that was submitted. When it fails, SNS sends the message again. */
  onRecord: (record: Record<string, unknown>, eventType: string) => Promise<void>;
}

/** The server that SNS posts to. */
export function createReceiver({ settings, call, seenFile, onRecord }: ReceiverOptions): Express {
  const validator = new MessageValidator(settings.snsHosts);
  const seen = new Set(existsSync(seenFile) ? readFileSync(seenFile, 'utf8').split('\n') : []);
  const app = express();
  // SNS says that its JSON is plain text.
  app.post('/events', express.text({ type: () => true, limit: '300kb' }), async (req, res) => {
    const envelope = await authentic(req.body as string);
    if (!envelope) return void res.status(403).end();
    if (envelope.Type === 'SubscriptionConfirmation') await confirm(envelope);
    else if (envelope.Type === 'Notification' && !seen.has(envelope.MessageId)) {
      await take(envelope);
      // Only now: what fails before comes again.
      seen.add(envelope.MessageId);
      appendFileSync(seenFile, `${envelope.MessageId}\n`);
    }
    res.status(200).end();
  });
  const fail: ErrorRequestHandler = (fault, _req, res, _next) => {
    console.error(fault instanceof Error ? fault.message : 'a message could not be taken');
    // SNS tries again later.
    res.status(500).end();
  };
  app.use(fail);
  return app;

  /** The message, if it is from SNS and of our topic. */
  async function authentic(body: string): Promise<Envelope | undefined> {
    try {
      const envelope = JSON.parse(body) as Envelope;
      if (settings.topicArn && envelope.TopicArn !== settings.topicArn) return undefined;
      if (settings.signatures === 'unchecked') return envelope;
      return await new Promise((resolve) =>
        validator.validate(envelope as unknown as Record<string, unknown>, (fault) =>
          resolve(fault ? undefined : envelope),
        ),
      );
    } catch {
      return undefined;
    }
  }

  async function confirm({ SubscribeURL = '' }: Envelope): Promise<void> {
    // Signed or not: a server visits no address that somebody hands it.
    if (!settings.snsHosts.test(new URL(SubscribeURL).host)) throw new Error('SubscribeURL is not of SNS');
    const answer = await fetch(SubscribeURL);
    if (!answer.ok) throw new Error(`The confirmation answered ${answer.status}`);
  }

  async function take({ Message }: Envelope): Promise<void> {
    const event = JSON.parse(Message) as { id?: string; datasource_code?: string; event_type?: string };
    if (event.datasource_code !== 'cc-claim-attendance' || !event.id) return;
    const path = `/appdata/claim_attendance/retrieve?id=${encodeURIComponent(event.id)}`;
    const { data } = await call<{ data: Record<string, unknown> }>('GET', path);
    await onRecord(data, event.event_type ?? '');
  }
}

/** Serves on PORT, subscribes itself and prints what is submitted, by ids. */
export async function runReceiver(args: readonly string[]): Promise<void> {
  const settings = loadSettings();
  const call = createClient(settings);
  if (settings.signatures === 'unchecked') console.error('Signatures are not checked: the embedded SNS has none.');
  const onRecord = async (record: Record<string, unknown>, eventType: string): Promise<void> => {
    const signatures = ['providerSignature', 'parentSignature'].filter((name) => name in record);
    console.log(JSON.stringify({ eventType, entityId: record.entityId, id: record.id, signatures }));
  };
  const seenFile = process.env.SEEN_FILE ?? '.receiver-seen';
  const app = createReceiver({ settings, call, seenFile, onRecord });
  const port = Number(process.env.PORT ?? 8100);
  await new Promise<void>((resolve, reject) => app.listen(port, (fault) => (fault ? reject(fault) : resolve())));
  const endpoint = args[0] ?? `http://127.0.0.1:${port}/events`;
  const eventTypes = ['attendance', 'parent-attendance'];
  const { status } = await call<{ status: string }>('POST', '/v1/subscriptions', { endpoint, eventTypes });
  console.error(`${endpoint} is subscribed, ${status}`);
}
