import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { patience, type Patience } from '../../src/platform/patience';
import { createS3 } from '../../src/platform/s3';
import { createSns } from '../../src/platform/sns';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const place = { Bucket: 'b', Key: 'k' };

/** The same limits, with hundredths of their times. */
function hundredth({ maxAttempts, requestHandler }: Patience): Patience {
  const shorter = Object.entries(requestHandler).map(([name, value]) => [
    name,
    typeof value === 'number' ? value / 100 : value,
  ]);
  return { maxAttempts, requestHandler: Object.fromEntries(shorter) as Patience['requestHandler'] };
}

describe('a store that accepts and never answers', () => {
  const sockets: Socket[] = [];
  let server: Server;
  let aws: Parameters<typeof createS3>[0];
  /** What it says before it falls silent. */
  let firstWords: string;

  before(async () => {
    server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.once('data', () => socket.write(firstWords));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    aws = { region: 'us-east-1', bucket: 'b', topicArn: 'arn', s3Endpoint: endpoint, snsEndpoint: endpoint };
  });

  beforeEach(() => {
    sockets.length = 0;
    firstWords = '';
  });

  after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });

  for (const who of ['ofWorkers', 'ofRequests'] as const) {
    it(`is given up (S3, ${who})`, async () => {
      const s3 = createS3(aws, hundredth(patience[who]));
      Object.assign(s3.config, { credentials: async () => credentials });
      const body = Buffer.alloc(100_000);
      await assert.rejects(s3.send(new PutObjectCommand({ ...place, Body: body })), { name: 'TimeoutError' });
      assert.equal(sockets.length, patience[who].maxAttempts);
      s3.destroy();
    });
  }

  it('is given up in the middle of an object', async () => {
    firstWords = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    const s3 = createS3(aws, hundredth(patience.ofWorkers));
    Object.assign(s3.config, { credentials: async () => credentials });
    const { Body } = await s3.send(new GetObjectCommand(place));
    await assert.rejects(Body!.transformToByteArray(), { name: 'TimeoutError' });
    s3.destroy();
  });

  it('is given up (SNS)', async () => {
    const sns = createSns(aws, hundredth(patience.ofPublishers));
    Object.assign(sns.config, { credentials: async () => credentials });
    await assert.rejects(sns.send(new PublishCommand({ TopicArn: 'arn', Message: '{}' })), { name: 'TimeoutError' });
    assert.equal(sockets.length, patience.ofPublishers.maxAttempts);
    sns.destroy();
  });
});
