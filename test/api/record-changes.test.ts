import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey } from '../../src/db/queries/api-keys';
import { insertRecord, removeRecord } from '../support/records';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, type Answer } from './support/client';

describe('GET /v1/records/{entity}', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async () => {
    stack = await useStack();
    api = await startApi(stack);
  });
  after(() => api.stop());
  beforeEach(async () => {
    tenant = await freshTenant(stack);
  });

  const read = (search = '', headers = tenant.headers, entity = 'family'): Promise<Answer> =>
    call(`${api.url}/v1/records/${entity}${search && `?${search}`}`, headers);
  const names = ({ body }: Answer): string[] =>
    body.records.map(({ entityId, deleted }: { entityId: string; deleted?: true }) => (deleted ? '-' : '') + entityId);

  it('gives records and tombstones in the order of their stamps, page by page', async () => {
    for (const entityId of ['F-1', 'F-2', 'F-3']) await insertRecord(stack, tenant, entityId, { name: 'Ruiz' });
    await removeRecord(stack, tenant, 'F-2');
    await insertRecord(stack, tenant, 'F-4');

    const first = await read('limit=2');
    assert.deepEqual([names(first), first.body.hasMore], [['F-1', 'F-3'], true]);
    assert.match(first.body.records[0].id, /^[0-9a-f]{24}$/);
    assert.equal(first.body.records[0].name, 'Ruiz');
    const second = await read(`limit=2&after=${first.body.nextCursor}`);
    assert.deepEqual([names(second), second.body.hasMore], [['-F-2', 'F-4'], false]);
    assert.deepEqual(Object.keys(second.body.records[0]), ['id', 'entityId', 'modified', 'deleted']);

    const end = await read(`after=${second.body.nextCursor}`);
    assert.deepEqual([names(end), end.body.hasMore, end.body.nextCursor], [[], false, second.body.nextCursor]);
    await insertRecord(stack, tenant, 'F-5');
    assert.deepEqual(names(await read(`after=${end.body.nextCursor}`)), ['F-5']);
  });

  it('gives a cursor where there is nothing yet', async () => {
    const { nextCursor } = (await read()).body;
    await insertRecord(stack, tenant, 'F-1');
    assert.deepEqual(names(await read(`after=${nextCursor}`)), ['F-1']);
  });

  it('waits for what comes, and not for other entities or tenants', async () => {
    const { nextCursor } = (await read()).body;
    const other = await freshTenant(stack);
    const started = performance.now();
    const waiting = read(`wait=20&after=${nextCursor}`);
    await sleep(300);
    await insertRecord(stack, other, 'F-9');
    await insertRecord(stack, tenant, 'P-1', {}, 'provider');
    await sleep(600);
    assert.equal(api.deps.changes.waiting(), 1);
    await insertRecord(stack, tenant, 'F-1');
    assert.deepEqual(names(await waiting), ['F-1']);
    assert.ok(performance.now() - started < 15_000);
    assert.equal(api.deps.changes.waiting(), 0);
  });

  it('keeps a hundred readers waiting without a connection for each', async () => {
    const readers = Array.from({ length: 100 }, () => read('wait=20'));
    while (api.deps.changes.waiting() < 100) await sleep(50);
    const started = performance.now();
    assert.equal((await call(`${api.url}/v1/records/family/F-1`, tenant.headers)).status, 404);
    assert.ok(performance.now() - started < 5_000);
    await insertRecord(stack, tenant, 'F-1');
    for (const answer of await Promise.all(readers)) assert.deepEqual(names(answer), ['F-1']);
  });

  it('lets a reader go after the time, or when it hangs up', async () => {
    assert.deepEqual(names(await read('wait=1')), []);
    const hangUp = new AbortController();
    const left = fetch(`${api.url}/v1/records/family?wait=20`, { headers: tenant.headers, signal: hangUp.signal });
    while (api.deps.changes.waiting() === 0) await sleep(20);
    hangUp.abort();
    await assert.rejects(left);
    while (api.deps.changes.waiting() > 0) await sleep(20);
  });

  it('refuses cursors that it has not given out, or for another entity', async () => {
    const { nextCursor } = (await read()).body;
    for (const after of ['x', Buffer.from('["","",""]').toString('base64url'), `${nextCursor}x`]) {
      const answer = await read(`after=${after}`);
      assert.deepEqual([answer.status, answer.body.error.field], [400, 'after']);
    }
    assert.equal((await read(`after=${nextCursor}`, tenant.headers, 'provider')).status, 400);
    assert.equal((await read('limit=1001')).status, 413);
    assert.equal((await read('wait=51')).body.error.field, 'wait');
    assert.equal((await read('', tenant.headers, 'nothing')).status, 404);
  });

  it('tells those who come with a cursor of before a restore to start again', async () => {
    const { nextCursor } = (await read()).body;
    await stack.db('change_epoch').update({ database_mark: 'another' });
    const answer = await read(`after=${nextCursor}`);
    assert.deepEqual([answer.status, answer.body.error.code], [410, 'CURSOR_EXPIRED']);
    const again = (await read()).body.nextCursor;
    assert.equal((await read(`after=${again}`)).status, 200);
  });

  it('is for readers of this tenant only', async () => {
    await insertRecord(stack, tenant, 'F-1');
    const other = await freshTenant(stack);
    const { nextCursor } = (await read()).body;
    assert.deepEqual(names(await read('', other.headers)), []);
    assert.deepEqual(names(await read(`after=${nextCursor}`, other.headers)), []);
    assert.equal((await read('', { 'x-api-key': tenant.ccnKey })).status, 200);
  });

  it('gives patients to keys with their scope, and nothing else to those', async () => {
    await insertRecord(stack, tenant, 'P-1', {}, 'patient');
    const { tenantId } = tenant;
    const { key } = await createApiKey(stack.db, { tenantId, name: 'patients', scopes: ['patients'] });
    assert.deepEqual(names(await read('', { 'x-api-key': key }, 'patient')), ['P-1']);
    assert.equal((await read('', { 'x-api-key': key })).status, 403);
    for (const headers of [tenant.headers, { 'x-api-key': tenant.ccnKey }]) {
      assert.equal((await read('', headers, 'patient')).status, 403);
    }
  });

  it('gives one record by its key', async () => {
    await insertRecord(stack, tenant, 'F/1 ä');
    const path = `${api.url}/v1/records/family/${encodeURIComponent('F/1 ä')}`;
    const { status, body } = await call(path, tenant.headers);
    assert.deepEqual([status, body.entityId], [200, 'F/1 ä']);
    assert.equal((await call(path, (await freshTenant(stack)).headers)).status, 404);
    assert.equal((await call(`${api.url}/v1/records/family/%00`, tenant.headers)).status, 404);
  });
});
