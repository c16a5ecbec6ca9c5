import assert from 'node:assert/strict';
import { startApi, type ApiUnderTest } from '../api/support/api-under-test';
import { call } from '../api/support/client';
import { admitDirectWriters, writeDirectly } from '../support/direct-writers';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

/** `PAGING_RECORDS=100000` is the size that counts. */
const records = Number(process.env.PAGING_RECORDS ?? 500);
const take = Math.min(1000, Math.ceil(records / 10));
const entity = 'family';

describe('paging by Skip and Take while others write', function () {
  this.timeout(60_000 + records * 5);
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async () => {
    stack = await useStack();
    api = await startApi(stack);
  });
  after(() => api.stop());

  const write = (entityIds: readonly string[], version: number): Promise<void> =>
    writeDirectly(stack.db, { tenantId: tenant.tenantId, entity, entityIds, version, stamp: 'clock' });

  for (const [what, sort] of [
    ['in the order of arrival', undefined],
    ['in an order of its own', { disabled: 1 }],
  ] as const) {
    it(`gives every record that nobody changes once, ${what}`, async () => {
      tenant = await freshTenant(stack);
      await admitDirectWriters(stack.db, tenant.tenantId);
      const ids = Array.from({ length: records }, (_, i) => `F-${i}`);
      for (let at = 0; at < records; at += 1000) await write(ids.slice(at, at + 1000), 0);

      let done = false;
      let writes = 0;
      const writing = (async () => {
        // Every fifth is changed again and again, and new ones come.
        const changed = ids.filter((_, i) => i % 5 === 0);
        for (let round = 1; !done; round += 1) {
          const at = (round * 37) % changed.length;
          await write([...changed.slice(at, at + 20), `F-new-${round}`, `A-new-${round}`], round);
          writes = round;
        }
      })();

      const seen = new Map<string, number>();
      for (let skip = 0; ; skip += take) {
        const body = { Skip: skip, Take: take, Sort: sort, Fields: ['entityId'], WithoutTotal: true };
        const answer = await call(`${api.url}/appdata/${entity}/query`, tenant.headers, 'POST', body);
        for (const { entityId } of answer.body.data) seen.set(entityId, (seen.get(entityId) ?? 0) + 1);
        if (answer.body.data.length < take) break;
      }
      done = true;
      await writing;
      assert.ok(writes > 2, `${writes} writes`);
      const unchanged = ids.filter((_, i) => i % 5 !== 0);
      assert.deepEqual(
        unchanged.filter((entityId) => seen.get(entityId) !== 1),
        [],
      );
    });
  }
});
