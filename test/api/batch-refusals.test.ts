import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { batchOf, type BatchParts } from '../support/batches';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, type Answer } from './support/client';

const mebibyte = 1024 * 1024;
const family = { entityId: 'F-1', name: 'Canary-Ruiz' };

describe('a JSON batch that cannot be taken', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
  });
  after(() => api?.stop());

  const address = (): string => `${api.url}/appfile/file/import/data`;
  const post = (body: unknown, headers = tenant.headers): Promise<Answer> => call(address(), headers, 'POST', body);

  function assertRefused({ status, body, text }: Answer, expected: readonly [number, string]): void {
    assert.deepEqual([status, body.responseStatus.errorCode], expected, text);
    assert.equal(body.isSuccess, false);
    assert.equal(body.data, null);
    assert.doesNotMatch(text, /Canary/);
  }

  /** A right batch with something made wrong. */
  const wrong =
    // Parts are reached into and replaced by what does not belong there.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    (parts: BatchParts, change: (batch: Record<string, any>) => void = () => {}) =>
      () => {
        const batch = batchOf(tenant, 'family', { data: [family], ...parts });
        change(batch.ImportData);
        return batch;
      };
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...family, entityId: `F-${i}` }));

  const refusals: readonly [string, () => unknown, number, string][] = [
    ['has no body', () => undefined, 400, 'FILE_EMPTY'],
    ['is not JSON', () => '{"ImportData": Canary', 400, 'FILE_HEADER_INVALID'],
    ['is a list', () => [family], 400, 'FILE_HEADER_INVALID'],
    ['has no ImportData', () => ({ data: [family] }), 400, 'FILE_HEADER_INVALID'],
    ['has no header', wrong({}, (batch) => delete batch['header']), 400, 'FILE_HEADER_INVALID'],
    ['has no metadata', wrong({}, (batch) => (batch['header'].metadata = null)), 400, 'FILE_HEADER_INVALID'],
    ['names no key', wrong({ metadata: { keys: [] } }), 400, 'FILE_HEADER_INVALID'],
    ['names another key', wrong({ metadata: { keys: ['name'] } }), 400, 'FILE_HEADER_INVALID'],
    ['names two keys', wrong({ metadata: { keys: ['entityId', 'name'] } }), 400, 'FILE_HEADER_INVALID'],
    ['has no entity type', wrong({ metadata: { entityType: '' } }), 400, 'FILE_HEADER_INVALID'],
    ['has an unknown entity type', wrong({ metadata: { entityType: 'wks_Canary' } }), 400, 'FILE_ENTITY_UNKNOWN'],
    ['has a data source of another', wrong({ metadata: { dataSource: 'cc-claim' } }), 400, 'FILE_ENTITY_UNKNOWN'],
    [
      'brings attendance, which only CCN reports',
      wrong({ metadata: { entityType: 'wks_attendance', dataSource: 'cc-claim-attendance' } }),
      403,
      'FORBIDDEN',
    ],
    ['is for another workspace', wrong({ metadata: { workspaceId: 'Canary' } }), 400, 'FILE_TENANT_MISMATCH'],
    ['is for another bucket', wrong({ metadata: { bucketId: 'Canary' } }), 400, 'FILE_TENANT_MISMATCH'],
    ['has mappings in a list', wrong({}, (batch) => (batch['header'].FieldMappings = [])), 400, 'FILE_HEADER_INVALID'],
    ['has a mapping that is a text', wrong({ FieldMappings: { name: 'Canary' } }), 400, 'FILE_HEADER_INVALID'],
    [
      'has an unknown type',
      wrong({ FieldMappings: { name: { code: 'name', type: 'Canary' } } }),
      400,
      'FILE_HEADER_INVALID',
    ],
    ['names a reserved field', wrong({ FieldMappings: { a: { name: 'Canary_id' } } }), 400, 'FILE_HEADER_INVALID'],
    [
      'maps two columns to one field',
      wrong({ FieldMappings: { a: { name: 'name' }, b: { name: 'name' } } }),
      400,
      'FILE_HEADER_INVALID',
    ],
    [
      'has a dictionary of objects',
      wrong({ FieldMappings: { name: { dictionary: { a: {} } } } }),
      400,
      'FILE_HEADER_INVALID',
    ],
    ['has data that is no list', wrong({}, (batch) => (batch['data'] = family)), 400, 'FILE_HEADER_INVALID'],
    ['has a delete that is no list', wrong({}, (batch) => (batch['delete'] = 'F-1')), 400, 'FILE_HEADER_INVALID'],
    ['has a long InstanceId', wrong({ InstanceId: 'x'.repeat(256) }), 400, 'FILE_HEADER_INVALID'],
    ['counts too many', wrong({ total: 2 }), 400, 'FILE_COUNT_MISMATCH'],
    ['counts what is no number', wrong({ total: 'Canary' }), 400, 'FILE_COUNT_MISMATCH'],
    ['has 1001 records', wrong({ data: many(1001) }), 413, 'BATCH_TOO_LARGE'],
    ['has 1001 with its deletes', wrong({ data: many(1000), delete: [{ entityId: 'x' }] }), 413, 'BATCH_TOO_LARGE'],
    ['is nothing but brackets', () => `{"ImportData":${'[['.repeat(1_100_000)}`, 413, 'FILE_TOO_LARGE'],
  ];
  for (const [what, body, status, code] of refusals) {
    it(`is refused when it ${what}`, async () => assertRefused(await post(body()), [status, code]));
  }

  it('is refused when it is not UTF-8', async () => {
    const text = JSON.stringify(wrong({})()).replace('Ruiz', 'Ru\u00edz');
    const answer = await fetch(address(), {
      method: 'POST',
      headers: tenant.headers,
      body: Buffer.from(text, 'latin1'),
    });
    const { responseStatus } = (await answer.json()) as Answer['body'];
    assert.deepEqual([answer.status, responseStatus.errorCode], [400, 'FILE_ENCODING_INVALID']);
  });

  it('leaves nothing behind', async () => {
    assert.equal((await stack.db('files').where({ tenant_id: tenant.tenantId })).length, 0);
    assert.equal((await stack.db('uploads').where({ tenant_id: tenant.tenantId })).length, 0);
  });

  it('needs a key with the right scope, and POST', async () => {
    const batch = wrong({})();
    assertRefused(await post(batch, { ...tenant.headers, 'x-api-key': 'no' }), [401, 'UNAUTHENTICATED']);
    assertRefused(await post(batch, { ...tenant.headers, 'x-api-key': tenant.ccnKey }), [403, 'FORBIDDEN']);
    const other = await freshTenant(stack);
    assertRefused(await post(batch, other.headers), [400, 'FILE_TENANT_MISMATCH']);
    assert.equal((await call(address(), tenant.headers, 'GET')).status, 405);
  });

  it('may be exactly 1000 records, compressed, and count its data alone', async () => {
    const batch = wrong({ data: many(999), delete: [{ entityId: 'x' }], total: 999 })();
    const body = gzipSync(JSON.stringify(batch));
    const headers = { ...tenant.headers, 'Content-Encoding': 'gzip' };
    const answer = await fetch(address(), { method: 'POST', headers, body });
    assert.equal(answer.status, 200, await answer.text());
  });

  it('may be larger than other bodies', async () => {
    const batch = wrong({ data: [{ ...family, comment: 'x'.repeat(3 * mebibyte) }] })();
    assert.equal((await post(batch)).status, 200);
  });

  for (const [what, declared] of [
    ['says so', true],
    ['does not say so', false],
  ] as const) {
    it(`is refused, and not kept in memory, when it is 2 GB and ${what}`, async function () {
      this.timeout(120_000);
      const before = process.memoryUsage();
      let most = 0;
      const watch = setInterval(() => {
        const { rss, external } = process.memoryUsage();
        most = Math.max(most, rss - before.rss, external - before.external);
      }, 20);
      const size = 2048 * mebibyte;
      const answer = await sendBytes(size, declared ? { 'Content-Length': String(size) } : {});
      clearInterval(watch);
      assert.deepEqual([answer.status, answer.code], [413, 'BATCH_TOO_LARGE']);
      assert.ok(most < 256 * mebibyte, `${Math.round(most / mebibyte)} MiB more`);
    });
  }

  it('is refused when it unpacks to more than it may be', async () => {
    const body = gzipSync(Buffer.alloc(64 * mebibyte, 0x20));
    const headers = { ...tenant.headers, 'Content-Encoding': 'gzip' };
    const answer = await fetch(address(), { method: 'POST', headers, body });
    const { responseStatus } = (await answer.json()) as Answer['body'];
    assert.deepEqual([answer.status, responseStatus.errorCode], [413, 'BATCH_TOO_LARGE']);
  });

  /** Sends blanks until there is an answer, however many it takes. */
  function sendBytes(size: number, headers: Record<string, string>): Promise<{ status?: number; code: string }> {
    const piece = Buffer.alloc(mebibyte, 0x20);
    return new Promise((resolve, reject) => {
      let sent = 0;
      let answered = false;
      const outgoing = request(
        address(),
        { method: 'POST', headers: { ...tenant.headers, ...headers } },
        (incoming) => {
          answered = true;
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            outgoing.destroy();
            const { responseStatus } = JSON.parse(Buffer.concat(chunks).toString()) as {
              responseStatus: { errorCode: string };
            };
            resolve({ status: incoming.statusCode, code: responseStatus.errorCode });
          });
        },
      );
      outgoing.on('error', (error) => {
        if (!answered) reject(error);
      });
      const write = (): void => {
        while (!answered && sent < size) {
          sent += piece.length;
          if (!outgoing.write(piece)) {
            outgoing.once('drain', write);
            return;
          }
        }
        if (sent >= size) outgoing.end();
      };
      write();
    });
  }
});
