import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, globalAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createReceiver } from '../../examples/receiver';
import type { Settings } from '../../examples/settings';
import { temporaryFolder } from '../../scripts/stack/temporary-folder';
import { call } from '../api/support/client';

type Message = Record<string, string>;

/** A key pair in PEM, and its certificate for 127.0.0.1; undefined where there is no openssl to make them. */
function makeKeys(folder: string): { key: string; cert: string } | undefined {
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}

const signed: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

describe('the receiver, of signed messages,', function () {
  const folder = temporaryFolder('signatures');
  const topicArn = 'arn:aws:sns:us-east-1:000000000000:careway-events';
  const taken: string[] = [];
  const visited: string[] = [];
  let keys: { key: string; cert: string };
  let certificates: Server | ReturnType<typeof createTlsServer>;
  let receiver: Server;
  let url: string;
  let snsUrl: string;
  let failsOnce = false;
  const trusted = globalAgent.options.ca;

  const listen = async (server: Server | ReturnType<typeof createTlsServer>): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return (server.address() as AddressInfo).port;
  };

  before(async function () {
    const made = makeKeys(folder);
    if (!made) return this.skip();
    keys = made;
    globalAgent.options.ca = keys.cert;
    certificates = createTlsServer(keys, (_request, response) => response.end(keys.cert));
    snsUrl = `https://127.0.0.1:${await listen(certificates)}`;
    const settings: Settings = {
      apiUrl: '',
      apiKey: '',
      workspaceId: '',
      bucketId: '',
      topicArn,
      signatures: 'checked',
      snsHosts: new RegExp(`^${new URL(snsUrl).host}$`),
    };
    const app = createReceiver({
      settings,
      call: (async () => ({ data: { entityId: 'CL-1' } })) as never,
      seenFile: path.join(folder, 'seen'),
      onRecord: async (record) => {
        if (failsOnce) {
          failsOnce = false;
          throw new Error('not now');
        }
        taken.push(String(record.entityId));
      },
    });
    receiver = createServer(app);
    url = `http://127.0.0.1:${await listen(receiver)}/events`;
  });
  after(() => {
    globalAgent.options.ca = trusted;
    receiver?.close();
    certificates?.close();
  });

  function messageOf(version: '1' | '2', more: Message = {}): Message {
    const event = { id: '0'.repeat(24), datasource_code: 'cc-claim-attendance', event_type: 'attendance' };
    const message: Message = {
      Type: 'Notification',
      MessageId: `m-${version}`,
      TopicArn: topicArn,
      Message: JSON.stringify(event),
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: version,
      SigningCertURL: `${snsUrl}/SimpleNotificationService.pem`,
      ...more,
    };
    const sign = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
    for (const name of signed[message.Type ?? ''] ?? []) sign.update(`${name}\n${message[name]}\n`);
    return { ...message, Signature: sign.sign(keys.key, 'base64') };
  }

  const post = async (message: Message): Promise<number> => (await call(url, {}, 'POST', message)).status;

  it('takes those that are signed, in both versions, each once', async () => {
    for (const version of ['1', '2', '1', '2'] as const) assert.equal(await post(messageOf(version)), 200);
    assert.deepEqual(taken, ['CL-1', 'CL-1']);
  });

  it('refuses those that are changed, unsigned, of another topic or of a certificate from elsewhere', async () => {
    const good = messageOf('2', { MessageId: 'm-refused' });
    const unsigned = Object.fromEntries(Object.entries(good).filter(([name]) => name !== 'Signature'));
    for (const bad of [
      { ...good, Message: '{}' },
      { ...good, Signature: 'FAKE' },
      unsigned,
      messageOf('2', { TopicArn: 'arn:aws:sns:us-east-1:000000000000:other' }),
      messageOf('2', { SigningCertURL: 'https://sns.example.org/SimpleNotificationService.pem' }),
      messageOf('2', { SigningCertURL: `${snsUrl.replace('https', 'http')}/SimpleNotificationService.pem` }),
    ]) {
      assert.equal(await post(bad as Message), 403);
    }
    assert.equal((await call(url, {}, 'POST', 'nonsense')).status, 403);
    assert.equal(taken.length, 2);
  });

  it('visits only addresses of SNS to confirm', async () => {
    const bait = createServer((request, response) => {
      visited.push(request.url ?? '');
      response.end();
    });
    const elsewhere = `http://127.0.0.1:${await listen(bait)}/?Action=ConfirmSubscription`;
    const confirmation = { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: elsewhere };
    assert.equal(await post(messageOf('2', confirmation)), 500);
    assert.deepEqual(visited, []);
    bait.close();
  });

  it('takes a message again that it could not take', async () => {
    failsOnce = true;
    const message = messageOf('2', { MessageId: 'm-again' });
    assert.equal(await post(message), 500);
    assert.equal(await post(message), 200);
    assert.equal(taken.length, 3);
  });
});
