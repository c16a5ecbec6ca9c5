import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createDatabase } from '../../src/db/client';
import { shownTime } from '../../src/db/queries/records-query';
import { startApi, type ApiUnderTest } from '../api/support/api-under-test';
import { admitDirectWriters, writeDirectly, type DirectWrite } from '../support/direct-writers';
import { assertInOrder, followByCursor, followByQuery, missedBy, type Follower } from '../support/followers';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

interface Size {
  writers: number;
  records: number;
  /** How long some transactions are held open. */
  holdMs: number;
}

/** What CI runs. */
const small: Size = { writers: 6, records: 300, holdMs: 400 };
/** `FOLLOW_WRITERS=30 FOLLOW_RECORDS=100000 FOLLOW_HOLD_MS=10000` is the size that counts. */
const asked: Size = {
  writers: Number(process.env.FOLLOW_WRITERS ?? small.writers),
  records: Number(process.env.FOLLOW_RECORDS ?? small.records),
  holdMs: Number(process.env.FOLLOW_HOLD_MS ?? small.holdMs),
};
const entity = 'family';

describe('readers that follow while others write', function () {
  this.timeout(60_000 + asked.records * 5 + 20 * asked.holdMs);
  let stack: TestStack;
  let api: ApiUnderTest;
  let db: Knex;

  before(async () => {
    stack = await useStack();
    api = await startApi(stack);
    db = createDatabase(stack.databaseUrl, Math.max(asked.writers, small.writers));
  });
  after(async () => {
    await api.stop();
    await db.destroy();
  });

  async function followWhile(stamp: DirectWrite['stamp'], size: Size): Promise<[Follower[], Map<string, string>]> {
    const tenant = await freshTenant(stack);
    await admitDirectWriters(stack.db, tenant.tenantId);
    const pageSize = Math.min(1000, Math.ceil(size.records / 10));
    const source = { apiUrl: api.url, headers: tenant.headers, entity, pageSize };
    const followers = [
      followByQuery(source),
      followByCursor(source),
      followByQuery({ ...source, pageSize: Math.ceil(pageSize / 3) }),
    ];
    await writeAll(db, tenant, { stamp, size, hold: untilPassed(followers, size.holdMs) });
    await Promise.all(followers.map((follower) => follower.finish()));
    return [followers, await stored(tenant)];
  }

  async function stored({ tenantId }: TestTenant): Promise<Map<string, string>> {
    const rows = await stack
      .db('records')
      .where({ tenant_id: tenantId, entity })
      .select('entity_id', stack.db.raw(`${shownTime('modified')} AS modified`));
    return new Map(rows.map((row) => [row.entity_id, row.modified]));
  }

  it('end with every record in its last version, none skipped and none twice', async () => {
    const [followers, kept] = await followWhile('clock', asked);
    assert.ok(kept.size >= asked.records, `${kept.size} records`);
    for (const follower of followers) {
      assertInOrder(follower);
      assert.deepEqual(missedBy(follower, kept), [], follower.name);
    }
  });

  it('would lose records if these were stamped with now()', async () => {
    // Here readers do go past what is held, and are waited for, however slow the machine.
    const [followers, kept] = await followWhile('now', { ...small, holdMs: 20_000 });
    for (const follower of followers) assert.notEqual(missedBy(follower, kept).length, 0, follower.name);
  });
});

/** All writers at once, each its batches one after the other; every third batch is written again by another writer. */
async function writeAll(
  db: Knex,
  { tenantId }: TestTenant,
  { stamp, size, hold }: { stamp: DirectWrite['stamp']; size: Size; hold: DirectWrite['hold'] },
): Promise<void> {
  const batchSize = Math.min(1000, Math.ceil(size.records / size.writers / 4));
  const batches = Array.from({ length: Math.ceil(size.records / batchSize) }, (_, batch) =>
    Array.from({ length: batchSize }, (_, i) => `F-${batch}-${i}`),
  );
  const work = [...batches, ...batches.filter((_, batch) => batch % 3 === 0)];
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let batch = next++; batch < work.length; batch = next++) {
      // Some of those that others come after.
      const isHeld = batch % 8 === 1 && batch < work.length / 2;
      await writeDirectly(db, {
        tenantId,
        entity,
        entityIds: work[batch]!,
        version: batch,
        stamp,
        ...(isHeld && { hold }),
      });
    }
  };
  await Promise.all(Array.from({ length: size.writers }, writer));
}

/** Holds a transaction open until all readers have gone past it, which they must not, or the time is over. */
function untilPassed(followers: readonly Follower[], mostMs: number) {
  return async (last: string): Promise<void> => {
    const until = Date.now() + mostMs;
    while (Date.now() < until && followers.some(({ seen }) => (seen.at(-1)?.modified ?? '') <= last)) await sleep(20);
  };
}
