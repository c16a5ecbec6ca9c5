import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { useStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call } from './support/client';

const twoGb = 2 * 1024 ** 3;
const megabyte = Buffer.alloc(1024 * 1024, 0x20);

interface Sent {
  status: number;
  code: string;
  connection: string | undefined;
  bytesSent: number;
}

describe('a request that is too large', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async () => {
    const stack = await useStack();
    tenant = await freshTenant(stack);
    api = await startApi(stack, { maxFileBytes: 1000 });
  });
  after(() => api.stop());

  /** Sends until there is an answer, 2 GB at most. */
  const sendEndlessly = (path: string, headers: Record<string, string>): Promise<Sent> =>
    new Promise((resolve, reject) => {
      let bytesSent = 0;
      let answered = false;
      const outgoing = request(api.url + path, { method: 'POST', headers });
      const push = (): void => {
        while (!answered && bytesSent < twoGb) {
          bytesSent += megabyte.length;
          if (!outgoing.write(megabyte)) break;
        }
      };
      outgoing.on('drain', push);
      // The connection is closed under a body that nobody reads.
      outgoing.on('error', (error) => (answered ? undefined : reject(error)));
      outgoing.on('response', (answer: IncomingMessage) => {
        answered = true;
        let text = '';
        answer.on('data', (piece: Buffer) => (text += piece.toString()));
        answer.on('error', reject);
        answer.on('end', () => {
          const body = JSON.parse(text) as { error?: { code: string }; responseStatus?: { errorCode: string } };
          const code = body.error?.code ?? body.responseStatus?.errorCode ?? '';
          resolve({ status: answer.statusCode ?? 0, code, connection: answer.headers.connection, bytesSent });
          outgoing.destroy();
        });
      });
      outgoing.flushHeaders();
      push();
    });

  for (const path of ['/v1/uploads', '/appfile/file/path', '/appfile/file/import/data']) {
    for (const [how, lengthHeader] of [
      ['with its length', { 'Content-Length': String(twoGb) }],
      ['in chunks', { 'Transfer-Encoding': 'chunked' }],
    ] as const) {
      it(`is refused early on ${path}, sent ${how}, and not kept in memory`, async () => {
        const before = process.memoryUsage();
        const sent = await sendEndlessly(path, { ...tenant.headers, ...lengthHeader });
        const after = process.memoryUsage();
        assert.deepEqual([sent.status, sent.code, sent.connection], [413, 'BATCH_TOO_LARGE', 'close']);
        assert.ok(sent.bytesSent < 256 * 1024 ** 2, `${sent.bytesSent} bytes were taken`);
        assert.ok(after.external - before.external < 256 * 1024 ** 2, 'was kept');
      });
    }
  }

  it('is not read at all without a key', async () => {
    const sent = await sendEndlessly('/v1/uploads', { 'Content-Length': String(twoGb) });
    assert.deepEqual([sent.status, sent.code, sent.connection], [401, 'UNAUTHENTICATED', 'close']);
  });

  it('is 64 kB for operations', async () => {
    const headers = { 'x-api-key': tenant.opsKey };
    const answer = await call(`${api.url}/v1/tenants`, headers, 'POST', { name: 'x'.repeat(70_000) });
    assert.deepEqual([answer.status, answer.body.error.code], [413, 'BATCH_TOO_LARGE']);
  });

  it('is a file that says so itself when it asks for its place', async () => {
    const place = (size: unknown): ReturnType<typeof call> =>
      call(`${api.url}/appfile/file/path`, tenant.headers, 'POST', { FileName: 'a.cc5txt', Size: size });
    const refused = await place(1001);
    assert.deepEqual([refused.status, refused.body.responseStatus.errorCode], [413, 'FILE_TOO_LARGE']);
    assert.match((await place(1000)).body.data.url, /X-Amz-SignedHeaders=content-length%3Bhost/);
    assert.equal((await place(-1)).status, 400);
    assert.equal((await place('1')).status, 400);
  });
});
