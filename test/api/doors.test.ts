import assert from 'node:assert/strict';
import { createApiKey, revokeApiKey } from '../../src/db/queries/api-keys';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call } from './support/client';

describe('the doors of the API', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let other: TestTenant;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
    other = await freshTenant(stack);
  });
  after(() => api?.stop());

  const uploads = (headers: Record<string, string>) => call(`${api.url}/v1/uploads`, headers);
  const place = (headers: Record<string, string>) =>
    call(`${api.url}/appfile/file/path`, headers, 'POST', { FileName: 'a' });
  const makeKey = (expiresAt?: Date) =>
    createApiKey(stack.db, { tenantId: tenant.tenantId, name: 'test', scopes: ['upload'], expiresAt });

  it('answer every bad key alike', async () => {
    const expired = await makeKey(new Date(Date.now() - 1000));
    const revoked = await makeKey();
    await revokeApiKey(stack.db, revoked.keyId);
    const bad: Record<string, string>[] = [
      {},
      { 'x-api-key': 'cw_nothing' },
      { 'x-api-key': expired.key },
      { 'x-api-key': revoked.key },
    ];
    const answers = await Promise.all(bad.map(uploads));
    const said = answers.map(({ status, body }) => [status, body.error.code, body.error.message]);
    assert.equal(new Set(said.map((words) => words.join())).size, 1);
    assert.deepEqual(said[0]?.slice(0, 2), [401, 'UNAUTHENTICATED']);
  });

  it('let a key in until it expires', async () => {
    const { key } = await makeKey(new Date(Date.now() + 60_000));
    assert.equal((await uploads({ 'x-api-key': key })).status, 200);
  });

  it('refuse headers that name another tenant than the key', async () => {
    const headers = { 'x-api-key': tenant.key, 'X-Param-Override-WorkspaceId': other.workspaceId };
    assert.deepEqual([(await uploads(headers)).status, (await uploads(headers)).body.error.code], [403, 'FORBIDDEN']);
  });

  it('refuse a key without the scope', async () => {
    const { key } = await createApiKey(stack.db, { tenantId: tenant.tenantId, name: 'reader', scopes: ['query'] });
    const answer = await uploads({ 'x-api-key': key });
    assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN']);
  });

  it('let an operations key choose the tenant by the headers', async () => {
    const none = await uploads({ 'x-api-key': tenant.opsKey });
    assert.deepEqual([none.status, none.body.error.field], [400, 'X-Param-Override-WorkspaceId']);
    assert.equal((await uploads({ ...tenant.headers, 'x-api-key': tenant.opsKey })).status, 200);
    const unknown = { ...tenant.headers, 'x-api-key': tenant.opsKey, 'X-Param-Override-BucketId': 'nowhere' };
    assert.equal((await uploads(unknown)).status, 404);
  });

  for (const missing of ['X-Param-Override-WorkspaceId', 'X-Param-Override-BucketId']) {
    it(`want the header ${missing} on CareCloud's calls`, async () => {
      const headers = Object.fromEntries(Object.entries(tenant.headers).filter(([name]) => name !== missing));
      const { status, body } = await place(headers);
      assert.deepEqual([status, body.responseStatus.errors[0].fieldName], [400, missing]);
    });
  }

  it("answer CareCloud's calls in its envelope when the key is bad", async () => {
    const { status, body } = await place({ ...tenant.headers, 'x-api-key': 'x' });
    assert.deepEqual([status, body.isSuccess, body.responseStatus.errorCode], [401, false, 'UNAUTHENTICATED']);
  });

  it('let a client refresh its status', async () => {
    assert.equal((await call(`${api.url}/status/refresh`, tenant.headers, 'POST')).body.isSuccess, true);
  });

  it('say what an address takes', async () => {
    const answer = await call(`${api.url}/v1/uploads`, { 'x-api-key': tenant.key }, 'DELETE');
    assert.deepEqual([answer.status, answer.body.error.code], [405, 'METHOD_NOT_ALLOWED']);
    assert.equal(answer.headers.get('allow'), 'GET, POST');
  });

  it('know nothing at other addresses', async () => {
    const answer = await call(`${api.url}/v2/anything`, {});
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'NOT_FOUND']);
    assert.equal((await call(`${api.url}/%E0%A4%A`, {})).status, 404);
  });

  it('are alive and ready', async () => {
    assert.equal((await call(`${api.url}/health`, {})).body.status, 'ok');
    const ready = await call(`${api.url}/ready`, {});
    assert.deepEqual(ready.body, { status: 'ready', checks: { database: 'up', temporal: 'up', files: 'up' } });
  });

  it('show a console that runs no inline script and is never framed', async () => {
    const answer = await call(`${api.url}/`, {});
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'self'.*frame-ancestors 'none'/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('x-powered-by'), null);
    assert.doesNotMatch(answer.text, /<script>|onclick=|style=/);
    assert.ok(!answer.text.includes(tenant.workspaceId));
    for (const file of ['console.js', 'console.css']) {
      assert.equal((await call(`${api.url}/console/${file}`, {})).status, 200);
    }
    assert.equal((await call(`${api.url}/docs/api.md`, {})).status, 200);
    assert.doesNotMatch(answer.text, /Temporal/);
  });

  it('link the console to the runs in the Temporal UI', async () => {
    const { uiUrl: url = '' } = stack.config.temporal;
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const linked = await startApi(stack, { temporalUi: { url, namespace: 'a"b' } });
    const { text } = await call(`${linked.url}/console`, {});
    await linked.stop();
    assert.ok(text.includes(`<body data-temporal="${url}" data-namespace="a&#34;b">`));
    assert.ok(text.includes(`<a href="${url}">Temporal</a>`));
  });

  it('name the entities that may be uploaded', async () => {
    const { body } = await call(`${api.url}/v1/entities`, { 'x-api-key': tenant.key });
    const family = body.entities.find(({ name }: { name: string }) => name === 'family');
    assert.deepEqual([family.entityType, family.dataSourceCode], ['wks_family', 'cc-family']);
    const schema = await call(`${api.url}/v1/entities/family/schema`, { 'x-api-key': tenant.key });
    assert.ok('entityId' in JSON.parse(schema.text).properties);
    assert.equal((await call(`${api.url}/v1/entities/dog/schema`, { 'x-api-key': tenant.key })).status, 404);
  });
});
