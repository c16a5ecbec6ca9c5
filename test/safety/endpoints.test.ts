import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createApp } from '../../src/api/app';
import { nightlySyncScheduleId } from '../../src/contracts/workflow-ids';
import { insertSnapshot } from '../../src/db/queries/snapshots';
import { createApiKey, revokeApiKey, type ApiScope } from '../../src/db/queries/api-keys';
import { createMetrics } from '../../src/platform/metrics';
import { call, putFile, type Answer } from '../api/support/client';
import { startApi, type ApiUnderTest } from '../api/support/api-under-test';
import { insertRecord } from '../support/records';
import { listRoutes } from '../support/list-routes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { endpoints, type Endpoint, type Ids } from './endpoint-table';

const tenantScopes: ApiScope[] = ['upload', 'query', 'ccn'];

describe('every endpoint', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let mine: TestTenant;
  let theirs: TestTenant;
  /** What belongs to the other tenant, and words that stand in it. */
  let foreign: Ids;
  let secrets: string[];
  const bad: Record<string, string> = { 'a wrong key': `cw_${randomUUID()}` };

  before(async () => {
    stack = await useStack();
    api = await startApi(stack, { metrics: createMetrics() });
    [mine, theirs] = [await freshTenant(stack), await freshTenant(stack)];
    const fileName = `secret-${randomUUID()}.cc5txt`;
    const description = `secret ${randomUUID()}`;
    const fileId = await putFile(api.url, theirs, 'x', fileName);
    const upload = await call(`${api.url}/v1/uploads`, theirs.headers, 'POST', { files: [{ fileId }], description });
    const { uploadId } = upload.body;
    const { keyId } = await stack.db('api_keys').where({ tenant_id: theirs.tenantId }).first('key_id as keyId');
    const { workspaceId, bucketId } = theirs;
    // A change makes the tenant's schedule.
    const path = `${api.url}/v1/tenants/${workspaceId}/${bucketId}`;
    await call(path, { 'x-api-key': theirs.opsKey }, 'PATCH', { name: 'Theirs' });
    const scheduleId = nightlySyncScheduleId(workspaceId, bucketId);
    const recordId = await insertRecord(stack, theirs, 'F-secret', { name: 'Secretary' });
    const endpoint = `http://127.0.0.1:9/${randomUUID()}`;
    const wanted = { endpoint, eventTypes: ['attendance'] };
    const { subscriptionId } = (await call(`${api.url}/v1/subscriptions`, theirs.headers, 'POST', wanted)).body;
    const { event_id: eventId } = await stack.db('events').where({ tenant_id: theirs.tenantId }).first();
    const snapshotId = randomUUID();
    await insertSnapshot(stack.db, { snapshotId, tenantId: theirs.tenantId, entities: ['family'], keepSeconds: 60 });
    // What belongs to others is kept even from a key that may do everything for its own tenant.
    const whole = await createApiKey(stack.db, { tenantId: mine.tenantId, name: 'whole', scopes: tenantScopes });
    mine = { ...mine, key: whole.key };
    foreign = {
      snapshotId,
      fileId,
      uploadId,
      keyId,
      scheduleId,
      subscriptionId,
      eventId,
      recordId,
      entityId: 'F-secret',
      workspaceId,
      bucketId,
    };
    secrets = ['Secretary', fileName, description, theirs.key, String(theirs.workspaceId), String(theirs.bucketId)];

    const keyOf = async (expiresAt?: Date): Promise<{ keyId: string; key: string }> =>
      createApiKey(stack.db, { tenantId: mine.tenantId, name: 'bad', scopes: tenantScopes, expiresAt });
    bad['an expired key'] = (await keyOf(new Date(Date.now() - 1_000))).key;
    const revoked = await keyOf();
    await revokeApiKey(stack.db, revoked.keyId);
    bad['a revoked key'] = revoked.key;
  });
  after(() => api.stop());

  it('is known to this test', () => {
    assert.deepEqual(
      listRoutes(() => createApp({ ...api.deps, metrics: createMetrics() })),
      Object.keys(endpoints).sort(),
    );
  });

  const ask = (name: string, key: string | undefined, ids: Ids, place: Partial<TestTenant> = mine): Promise<Answer> => {
    const [method, pattern] = name.split(' ') as [string, string];
    const known: Readonly<Record<string, string>> = {
      ...ids,
      entity: 'family',
      name: 'family',
      username: 'no-such-user',
    };
    const path = pattern.replace(/:(\w+)/g, (_, param: string) => encodeURIComponent(known[param]!));
    const headers = {
      ...(key !== undefined && { 'x-api-key': key }),
      ...(endpoints[name]?.careCloud && {
        'X-Param-Override-WorkspaceId': place.workspaceId!,
        'X-Param-Override-BucketId': place.bucketId!,
      }),
    };
    const verb = method === 'ALL' ? 'POST' : method;
    const query = endpoints[name]?.query?.(ids) ?? '';
    return call(api.url + path + query, headers, verb, endpoints[name]?.body?.(ids));
  };
  const codeOf = ({ body }: Answer): string => body?.error?.code ?? body?.responseStatus?.errorCode ?? '';
  const requireRefusal = (answer: Answer, status: number, code: string): void => {
    assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
    for (const secret of secrets) assert.ok(!answer.text.includes(secret), `says ${secret}`);
  };
  /** The same answer, but for the id of the request and the ids that were asked for. */
  const withoutIds = ({ text }: Answer): string => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
  const nowhere = (): Ids => ({
    fileId: randomUUID(),
    uploadId: randomUUID(),
    keyId: randomUUID(),
    scheduleId: nightlySyncScheduleId('ws-nowhere', 'bk-nowhere'),
    subscriptionId: randomUUID(),
    eventId: randomUUID(),
    recordId: 'f'.repeat(24),
    snapshotId: randomUUID(),
    entityId: 'F-nowhere',
    workspaceId: 'ws-nowhere',
    bucketId: 'bk-nowhere',
  });

  for (const [name, endpoint] of Object.entries(endpoints)) {
    describe(name, () => guarded(name, endpoint));
  }

  function guarded(name: string, { needs, careCloud, owned, ownedInBody, missing }: Endpoint): void {
    if (needs === 'open') {
      it('answers without a key, and tells nothing of a tenant', async () => {
        const answer = await ask(name, undefined, foreign);
        assert.ok(answer.status === 200 || answer.status === 503, String(answer.status));
        for (const secret of secrets) assert.ok(!answer.text.includes(secret));
      });
      return;
    }
    it('refuses no key and bad keys alike', async () => {
      const without = await ask(name, undefined, foreign);
      requireRefusal(without, 401, 'UNAUTHENTICATED');
      for (const [what, key] of Object.entries(bad)) {
        const answer = await ask(name, key, foreign);
        requireRefusal(answer, 401, 'UNAUTHENTICATED');
        assert.equal(withoutIds(answer), withoutIds(without), what);
      }
    });
    if (needs !== 'any') {
      it('refuses a key without its scope', async () => {
        const scopes = tenantScopes.filter((scope) => needs === 'ops' || !needs.includes(scope));
        const { key } = await createApiKey(stack.db, { tenantId: mine.tenantId, name: 'lacking', scopes });
        requireRefusal(await ask(name, key, foreign), 403, 'FORBIDDEN');
      });
    }
    if (careCloud) {
      it("refuses another tenant's headers", async () => {
        requireRefusal(await ask(name, mine.key, foreign, theirs), 403, 'FORBIDDEN');
      });
    }
    if (owned ?? ownedInBody) {
      it("answers another tenant's id like one that is nowhere", async () => {
        const stranger = await ask(name, mine.key, foreign);
        requireRefusal(stranger, 404, missing ?? 'NOT_FOUND');
        assert.equal(withoutIds(stranger), withoutIds(await ask(name, mine.key, nowhere())));
      });
    }
    if (needs !== 'ops' && !owned && !ownedInBody) {
      it('tells nothing of another tenant', async () => {
        const answer = await ask(name, mine.key, foreign);
        assert.notEqual(answer.status, 401);
        assert.ok(answer.status < 500, answer.text);
        for (const secret of secrets) assert.ok(!answer.text.includes(secret));
      });
    }
  }

  it('has left what belongs to the other tenant as it was', async () => {
    const key = await stack.db('api_keys').where({ key_id: foreign.keyId }).first('revoked_at', 'rotated_to');
    assert.deepEqual(key, { revoked_at: null, rotated_to: null });
    const upload = await call(`${api.url}/v1/uploads/${foreign.uploadId}`, theirs.headers);
    assert.equal(upload.body.status, 'accepted');
  });
});
