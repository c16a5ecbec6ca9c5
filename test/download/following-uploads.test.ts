import assert from 'node:assert/strict';
import { shownTime } from '../../src/db/queries/records-query';
import { attendanceRecord } from '../support/attendance';
import { batchOf } from '../support/batches';
import { assertInOrder, followByCursor, followByQuery, missedBy } from '../support/followers';
import { openWorld, wholeSet, type UploadWorld } from '../support/upload-world';

/**
 * `FOLLOW_WRITERS=30 FOLLOW_BATCHES=201 FOLLOW_BATCH_RECORDS=998 FOLLOW_HOLD_MS=10000 FOLLOW_HOLD_EVERY=80` is the size that
 * counts: 100,000 records, each in two batches.
 */
const writers = Number(process.env.FOLLOW_WRITERS ?? 5);
const batches = Number(process.env.FOLLOW_BATCHES ?? 5);
const batchRecords = Number(process.env.FOLLOW_BATCH_RECORDS ?? 24);
const holdMs = Number(process.env.FOLLOW_HOLD_MS ?? 300);
const holdEvery = Number(process.env.FOLLOW_HOLD_EVERY ?? 3);
const entity = 'claim_attendance';

describe('readers that follow while attendance is committed', function () {
  this.timeout(120_000 + batches * (5_000 + holdMs));
  let world: UploadWorld;

  before(async () => {
    // Several pages for a batch.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: String(Math.ceil(batchRecords / 4)) });
  });
  after(() => world?.close());

  /** Holds some commits of a tenant open after its records are written, as a slow database would. */
  async function holdCommits(tenantId: number): Promise<() => Promise<void>> {
    const name = `hold_commits_${tenantId}`;
    await world.stack.db.raw(`
      CREATE SEQUENCE ${name};
      CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('${name}') % ${holdEvery} = 0 THEN PERFORM pg_sleep(${holdMs / 1000}); END IF;
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
    await party.send(wholeSet);
    const letGo = await holdCommits(tenant.tenantId);
    const source = { apiUrl: world.apiUrl, headers: tenant.headers, entity, pageSize: Math.ceil(batchRecords / 3) };
    const followers = [followByQuery(source), followByCursor(source)];
    const asCcn = { 'x-api-key': tenant.ccnKey };
    const post = async (batch: number): Promise<void> => {
      // Each shares half of its records with the next one; A-0 is made by one and deleted for good by the others.
      const data = Array.from({ length: batchRecords }, (_, i) =>
        attendanceRecord({ entityId: `A-${batch * Math.ceil(batchRecords / 2) + i}`, comment: `version ${batch}` }),
      );
      const body = batchOf(tenant, entity, { data, delete: batch > 0 ? [{ entityId: 'A-0' }] : [] });
      const answer = (await client.call('POST', '/appfile/file/import/data', body, asCcn)) as {
        data: { uploadId: string };
      };
      assert.equal((await client.finished(answer.data.uploadId, 1_800_000)).status, 'completed');
    };
    try {
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          for (let batch = writer; batch < batches; batch += writers) await post(batch);
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
    if (!kept.has('A-0')) assert.equal(deleted.at(-1), 'A-0');
  });
});
