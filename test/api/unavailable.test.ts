import assert from 'node:assert/strict';
import { isUnavailable } from '../../src/api/unavailable';
import { createTenantDatabase } from '../../src/db/client';
import { createS3 } from '../../src/platform/s3';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi } from './support/api-under-test';
import { call } from './support/client';

/** Nothing listens there. */
const nowhere = '127.0.0.1:1';

describe('a part that is away', () => {
  let stack: TestStack;
  let tenant: TestTenant;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    tenant = await freshTenant(stack);
  });

  it('is the database: requests may come again, and the console says so', async () => {
    const api = await startApi(stack, { db: createTenantDatabase(`postgres://careway:none@${nowhere}/careway`) });
    const own = await call(`${api.url}/v1/uploads`, tenant.headers);
    assert.deepEqual([own.status, own.body.error.code, own.headers.get('retry-after')], [503, 'UNAVAILABLE', '5']);
    const careCloud = await call(`${api.url}/appfile/file/path`, tenant.headers, 'POST', { FileName: 'a' });
    assert.deepEqual([careCloud.status, careCloud.body.responseStatus.errorCode], [503, 'UNAVAILABLE']);
    const page = await call(`${api.url}/console`, {});
    assert.equal(page.status, 200);
    assert.match(page.text, /database cannot be read/);
    await api.deps.db.destroy();
    await api.stop();
  });

  it('is the file store', async () => {
    const s3 = createS3({ ...stack.config.aws, s3Endpoint: `http://${nowhere}` });
    const api = await startApi(stack, { s3 });
    const { body } = await call(`${api.url}/appfile/file/path`, tenant.headers, 'POST', { FileName: 'a' });
    const { fileId: FileId } = body.data;
    const imported = await call(`${api.url}/appfile/file/import`, tenant.headers, 'POST', { FileId });
    assert.deepEqual([imported.status, imported.body.responseStatus.errorCode], [503, 'UNAVAILABLE']);
    await api.stop();
    s3.destroy();
  });

  for (const [what, error, unavailable] of [
    ['PostgreSQL that shuts down', Object.assign(new Error(), { code: '57P01' }), true],
    ['a lost connection', new Error('Connection terminated unexpectedly'), true],
    ['a pool without connections', Object.assign(new Error(), { name: 'KnexTimeoutError' }), true],
    ['S3 that is too busy', Object.assign(new Error(), { $metadata: { httpStatusCode: 503 } }), true],
    ['Temporal behind an error', new Error('failed', { cause: Object.assign(new Error(), { code: 14 }) }), true],
    ['a value that does not fit', Object.assign(new Error(), { code: '22P02' }), false],
    ['an object that is not there', Object.assign(new Error(), { $metadata: { httpStatusCode: 404 } }), false],
    ['a fault of ours', new TypeError('x is undefined'), false],
  ] as const) {
    it(`is ${unavailable ? '' : 'not '}${what}`, () => assert.equal(isUnavailable(error), unavailable));
  }
});
