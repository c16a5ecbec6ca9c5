import assert from 'node:assert/strict';
import { shownTime } from '../../src/db/queries/records-query';
import { batchOf } from '../support/batches';
import { assertInOrder, followByCursor, followByQuery, missedBy } from '../support/followers';
import { openWorld, type UploadWorld } from '../support/upload-world';

/** `FOLLOW_BATCHES=100 FOLLOW_BATCH_RECORDS=1000 FOLLOW_HOLD_MS=10000` is a large run. */
const batches = Number(process.env.FOLLOW_BATCHES ?? 5);
const batchRecords = Number(process.env.FOLLOW_BATCH_RECORDS ?? 24);
const holdMs = Number(process.env.FOLLOW_HOLD_MS ?? 300);
const entity = 'family';

describe('readers that follow while uploads commit', function () {
  this.timeout(120_000 + batches * (5_000 + holdMs));
  let world: UploadWorld;

  before(async () => {
    // Several pages for a batch.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: String(Math.ceil(batchRecords / 4)) });
  });
  after(() => world?.close());

  /** Holds every third commit of a tenant open after its records are written, as a slow database would. */
  async function holdCommits(tenantId: number): Promise<() => Promise<void>> {
    const name = `hold_commits_${tenantId}`;
    await world.stack.db.raw(`
      CREATE SEQUENCE ${name};
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('${name}') % 3 = 0 THEN PERFORM pg_sleep(${holdMs / 1000}); END IF;
          RETURN NULL;
        END $$;
      CREATE TRIGGER ${name} AFTER INSERT ON events FOR EACH ROW
        WHEN (new.tenant_id = ${tenantId} AND new.event_type = 'records.changed') EXECUTE FUNCTION ${name}();
    `);
    return async () => {
      await world.stack.db.raw(`DROP TRIGGER ${name} ON events; DROP FUNCTION ${name}(); DROP SEQUENCE ${name}`);
    };
  }

  it('end with every record in its last version, none skipped and none twice', async () => {
    const party = await world.party();
    const { tenant, client } = party;
    const letGo = await holdCommits(tenant.tenantId);
    const source = { apiUrl: world.apiUrl, headers: tenant.headers, entity, pageSize: Math.ceil(batchRecords / 3) };
    const followers = [followByQuery(source), followByCursor(source)];
    try {
      await Promise.all(
        Array.from({ length: batches }, async (_, batch) => {
          // Each shares half of its records with the next one; F-0 is made by one and deleted for good by the others.
          const data = Array.from({ length: batchRecords }, (_, i) => ({
            entityId: `F-${batch * Math.ceil(batchRecords / 2) + i}`,
            name: `Version ${batch}`,
            disabled: false,
          }));
          const body = batchOf(tenant, entity, { data, delete: batch > 0 ? [{ entityId: `F-0` }] : [] });
          const answer = (await client.call('POST', '/appfile/file/import/data', body)) as {
            data: { uploadId: string };
          };
          assert.equal((await client.finished(answer.data.uploadId, 600_000)).status, 'completed');
        }),
      );
      await Promise.all(followers.map((follower) => follower.finish()));
    } finally {
      await letGo();
    }
    const rows: { entity_id: string; modified: string }[] = await world.stack
      .db('records')
      .where({ tenant_id: tenant.tenantId, entity })
      .select('entity_id', world.stack.db.raw(`${shownTime('modified')} AS modified`));
    assert.ok(rows.length >= ((batches + 1) * batchRecords) / 2 - 1, `${rows.length} records`);
    const kept = new Map(rows.map((row) => [row.entity_id, row.modified]));
    for (const follower of followers) {
      assertInOrder(follower);
      assert.deepEqual(missedBy(follower, kept), [], follower.name);
    }
    const [, byCursor] = followers;
    const deleted = byCursor!.seen.filter((seen) => 'deleted' in seen).map(({ entityId }) => entityId);
    if (!kept.has('F-0')) assert.equal(deleted.at(-1), 'F-0');
  });
});
