import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { useStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, type Answer } from './support/client';

describe('tenants and keys', () => {
  let api: ApiUnderTest;
  let tenant: TestTenant;
  const place = { workspaceId: `ws-${randomUUID()}`, bucketId: 'bk.1' };

  before(async () => {
    const stack = await useStack();
    tenant = await freshTenant(stack);
    api = await startApi(stack);
  });
  after(() => api.stop());

  const ops = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(api.url + path, { 'x-api-key': tenant.opsKey }, method, body);
  const uploadsWith = async (key: string): Promise<number> =>
    (await call(`${api.url}/v1/uploads`, { 'x-api-key': key })).status;
  const makeKey = (body: object): Promise<Answer> =>
    ops('POST', '/v1/api-keys', { ...place, name: 'k', scopes: ['upload'], ...body });

  it('make a tenant once', async () => {
    const wanted = { ...place, name: 'Agency', timeZone: 'America/Chicago' };
    const made = await ops('POST', '/v1/tenants', wanted);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.body, { ...wanted, settings: {} });
    assert.equal((await ops('POST', '/v1/tenants', wanted)).status, 200);
    const other = await ops('POST', '/v1/tenants', { ...wanted, name: 'Another' });
    assert.deepEqual([other.status, other.body.error.code], [409, 'TENANT_EXISTS']);
    const listed: string[] = [];
    let cursor: string | null = '';
    do {
      const page: Answer = await ops('GET', `/v1/tenants?limit=2&cursor=${cursor}`);
      listed.push(...page.body.tenants.map((each: { workspaceId: string }) => each.workspaceId));
      cursor = page.body.nextCursor;
    } while (cursor);
    assert.ok(listed.includes(place.workspaceId));
    assert.equal(new Set(listed).size, listed.length);
  });

  for (const [what, body, field] of [
    ['a time zone that does not exist', { timeZone: 'America/Nowhere' }, 'timeZone'],
    ['an offset for a time zone', { timeZone: '+05:00' }, 'timeZone'],
    ['an id that would break a path', { workspaceId: 'a/../b' }, 'workspaceId'],
    ['an id that would break row 01', { bucketId: 'a|b' }, 'bucketId'],
    ['a field that is not known', { settings: {} }, 'settings'],
    ['an empty name', { name: ' ' }, 'name'],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const answer = await ops('POST', '/v1/tenants', { workspaceId: 'w', bucketId: 'b', name: 'n', ...body });
      assert.deepEqual(
        [answer.status, answer.body.error.code, answer.body.error.field],
        [400, 'INVALID_REQUEST', field],
      );
    });
  }

  it('change name, time zone and known settings', async () => {
    const path = `/v1/tenants/${place.workspaceId}/${place.bucketId}`;
    const settings = { severities: { VALUE_UNKNOWN: 'error' }, limits: { burst: 7 } };
    const changed = await ops('PATCH', path, { name: 'New', timeZone: 'us/pacific', settings });
    assert.deepEqual(changed.body, { ...place, name: 'New', timeZone: 'America/Los_Angeles', settings });
    const less = await ops('PATCH', path, { settings: { limits: null } });
    assert.deepEqual(less.body.settings, { severities: settings.severities });
    for (const wrong of [
      { settings: { severities: { REQUIRED_MISSING: 'warning' } } },
      { settings: { severities: { VALUE_UNKNOWN: 'parked' } } },
      { settings: { colour: 'red' } },
      { settings: { limits: { burst: 0 } } },
      {},
    ]) {
      assert.equal((await ops('PATCH', path, wrong)).status, 400, JSON.stringify(wrong));
    }
    assert.equal((await ops('PATCH', '/v1/tenants/none/none', { name: 'x' })).status, 404);
  });

  it('make a key, tell it once and let it in', async () => {
    const made = await makeKey({});
    assert.equal(made.status, 201, made.text);
    assert.equal(await uploadsWith(made.body.key), 200);
    const listed = await ops('GET', '/v1/api-keys?limit=1000');
    const found = listed.body.apiKeys.find((key: { keyId: string }) => key.keyId === made.body.keyId);
    assert.deepEqual(found.scopes, ['upload']);
    assert.ok(!listed.text.includes(made.body.key));
    assert.ok(!/"key"|hash/i.test(listed.text));
  });

  for (const [what, body] of [
    ['an operations key of a tenant', { scopes: ['ops'] }],
    ['a key of no tenant', { workspaceId: undefined }],
    ['a scope that is not known', { scopes: ['all'] }],
    ['no scope', { scopes: [] }],
    ['an end that has passed', { expiresAt: '2020-01-01T00:00:00Z' }],
  ] as const) {
    it(`refuse ${what}`, async () => assert.equal((await makeKey(body)).status, 400));
  }

  it('make an operations key', async () => {
    const made = await ops('POST', '/v1/api-keys', { name: 'o', scopes: ['ops'] });
    assert.equal(made.status, 201, made.text);
    assert.equal((await call(`${api.url}/v1/audit`, { 'x-api-key': made.body.key })).status, 200);
  });

  it('rotate a key with a time for both, and only once', async () => {
    const old = (await makeKey({})).body;
    const rotated = await ops('POST', `/v1/api-keys/${old.keyId}/rotate`, { graceHours: 1 });
    assert.equal(rotated.status, 201, rotated.text);
    assert.deepEqual([await uploadsWith(old.key), await uploadsWith(rotated.body.key)], [200, 200]);
    const left = Date.parse(rotated.body.oldKeyExpiresAt) - Date.now();
    assert.ok(left > 3_500_000 && left <= 3_600_000, String(left));
    const again = await ops('POST', `/v1/api-keys/${old.keyId}/rotate`);
    assert.deepEqual([again.status, again.body.error.code], [409, 'KEY_ENDED']);
    const next = await ops('POST', `/v1/api-keys/${rotated.body.keyId}/rotate`, { graceHours: 0 });
    assert.deepEqual([await uploadsWith(rotated.body.key), await uploadsWith(next.body.key)], [401, 200]);
  });

  it('revoke a key at once, also when asked twice', async () => {
    const { keyId, key } = (await makeKey({})).body;
    const revoked = await ops('POST', `/v1/api-keys/${keyId}/revoke`);
    assert.equal(await uploadsWith(key), 401);
    const again = await ops('POST', `/v1/api-keys/${keyId}/revoke`);
    assert.equal(again.body.revokedAt, revoked.body.revokedAt);
    assert.equal((await ops('POST', `/v1/api-keys/${randomUUID()}/revoke`)).status, 404);
  });

  it('say who did what, without a secret', async () => {
    const { keyId, key } = (await makeKey({ name: 'Secretly named' })).body;
    await ops('POST', `/v1/api-keys/${keyId}/revoke`);
    const page = await ops('GET', '/v1/audit?limit=2');
    const [revoked, created] = page.body.entries;
    assert.deepEqual(
      [revoked.action, revoked.keyId, created.action, created.keyId, created.workspaceId],
      ['key.revoked', keyId, 'key.created', keyId, place.workspaceId],
    );
    assert.equal(revoked.actorKeyId, created.actorKeyId);
    assert.ok(!page.text.includes(key) && !page.text.includes('Secretly'));
    const older = await ops('GET', `/v1/audit?limit=2&cursor=${page.body.nextCursor}`);
    assert.ok(older.body.entries[0].at <= created.at);
  });
});
