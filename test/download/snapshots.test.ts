import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { insertSnapshot } from '../../src/db/queries/snapshots';
import { sweepLeftovers } from '../../src/doors/sweep-leftovers';
import { call, type Answer } from '../api/support/client';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

interface SnapshotView {
  snapshotId: string;
  status: string;
  entities: Record<string, { records: number; pages: number; changesCursor: string }>;
}

describe('snapshots', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    // A row in each page, so that an upload is half committed for a while.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: '1' });
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  const ask = (method: string, path: string, body?: unknown, key = party.tenant.ccnKey): Promise<Answer> =>
    call(world.apiUrl + path, { 'x-api-key': key }, method, body);

  async function ready(snapshotId: string): Promise<SnapshotView> {
    for (;;) {
      const { body } = await ask('GET', `/v1/snapshots/${snapshotId}`);
      assert.ok(['preparing', 'ready'].includes(body.status), JSON.stringify(body));
      if (body.status === 'ready') return body;
      await sleep(50);
    }
  }

  async function take(body: object = {}): Promise<SnapshotView> {
    const asked = await ask('POST', '/v1/snapshots', body);
    assert.equal(asked.status, 202, asked.text);
    return ready(asked.body.snapshotId);
  }

  async function readAll({ snapshotId }: SnapshotView, entity: string, share = ''): Promise<Record<string, unknown>[]> {
    const records: Record<string, unknown>[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { status, text, body } = await ask(
        'GET',
        `/v1/snapshots/${snapshotId}/records/${entity}?${share}${cursor && `&cursor=${cursor}`}`,
      );
      assert.equal(status, 200, text);
      records.push(...body.records);
      cursor = body.nextCursor;
    }
    return records;
  }

  it('show every entity as records are given out, and where to go on from', async () => {
    await party.send(wholeSet);
    const snapshot = await take();
    for (const entity of Object.keys(wholeSet)) {
      const now = (await ask('GET', `/v1/records/${entity}`)).body;
      assert.deepEqual(await readAll(snapshot, entity), now.records, entity);
      assert.equal(snapshot.entities[entity]!.records, 1);
    }
    await party.send({ family: [{ name: 'Changed' }, { entityId: 'F-2' }] });
    assert.equal((await readAll(snapshot, 'family'))[0]!['name'], 'Ruiz');
    const { changesCursor } = snapshot.entities['family']!;
    const { body } = await ask('GET', `/v1/records/family?after=${changesCursor}`);
    assert.deepEqual(body.records.map(({ entityId }: { entityId: string }) => entityId).sort(), ['F-1', 'F-2']);
  });

  it('never show half of an upload', async function () {
    this.timeout(120_000);
    const ids = Array.from({ length: 120 }, (_, i) => `F-${i}`);
    await party.send({ family: ids.map((entityId) => ({ entityId, name: 'Version 0' })) });
    for (const version of [1, 2]) {
      const uploadId = await party.begin({ family: ids.map((entityId) => ({ entityId, name: `Version ${version}` })) });
      await party.untilPages(uploadId, 'family', 5);
      const snapshot = await take({ entities: ['family'] });
      const names = new Set((await readAll(snapshot, 'family')).map(({ name }) => name));
      assert.deepEqual([...names], [`Version ${version}`]);
      assert.equal((await party.client.finished(uploadId)).status, 'completed');
    }
  });

  it('are read by several at once, each its share', async () => {
    await world.stack.db.raw(
      `INSERT INTO records (tenant_id, entity, entity_id, document, content_hash, disabled, modified, upload_seq)
       SELECT ?, 'family', 'F-' || i, jsonb_build_object('entityId', 'F-' || i), '', false, now() + i * interval '1 us', 0
       FROM generate_series(1, 4500) i`,
      [party.tenant.tenantId],
    );
    const snapshot = await take({ entities: ['Family'] });
    assert.deepEqual(Object.keys(snapshot.entities), ['family']);
    assert.deepEqual([snapshot.entities['family']!.records, snapshot.entities['family']!.pages], [4500, 5]);
    const shares = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((partition) => readAll(snapshot, 'family', `partitions=6&partition=${partition}`)),
    );
    assert.deepEqual(
      shares.map((share) => share.length),
      [1000, 1000, 1000, 1000, 500, 0],
    );
    const [first, second] = await Promise.all(
      [0, 1].map((partition) => readAll(snapshot, 'family', `partitions=2&partition=${partition}`)),
    );
    assert.equal(new Set([...first!, ...second!].map(({ entityId }) => entityId)).size, 4500);
  });

  it('are removed when they expire, or are deleted', async function () {
    this.timeout(60_000);
    await party.send({ family: [{}] });
    const short = await take({ keepHours: 1 / 3600 });
    const deleted = await take();
    assert.equal((await ask('DELETE', `/v1/snapshots/${deleted.snapshotId}`)).body.status, 'expired');
    for (const { snapshotId } of [short, deleted]) {
      while ((await ask('GET', `/v1/snapshots/${snapshotId}`)).body.status !== 'expired') await sleep(100);
      const page = await ask('GET', `/v1/snapshots/${snapshotId}/records/family`);
      assert.deepEqual([page.status, page.body.error.code], [410, 'SNAPSHOT_EXPIRED']);
    }
    const prefix = `snapshots/${party.tenant.workspaceId}/`;
    for (;;) {
      const listed = await world.stack.s3.send(
        new ListObjectsV2Command({ Bucket: world.stack.bucket, Prefix: prefix }),
      );
      if ((listed.KeyCount ?? 0) === 0) break;
      await sleep(100);
    }
  });

  it('can be deleted when their workflow was never started', async () => {
    const snapshotId = randomUUID();
    const { tenantId } = party.tenant;
    await insertSnapshot(world.stack.db, { snapshotId, tenantId, entities: ['family'], keepSeconds: 60 });
    const deleted = await ask('DELETE', `/v1/snapshots/${snapshotId}`);
    assert.deepEqual([deleted.status, deleted.body.status], [202, 'expired']);
  });

  it('fail some hours after their workflow was not started', async () => {
    const { db } = world.stack;
    const { tenantId } = party.tenant;
    const insert = async (hours: number): Promise<string> => {
      const snapshotId = randomUUID();
      await insertSnapshot(db, { snapshotId, tenantId, entities: ['family'], keepSeconds: 60 });
      await db('snapshots')
        .where({ snapshot_id: snapshotId })
        .update({ created_at: new Date(Date.now() - hours * 3_600_000) });
      return snapshotId;
    };
    const [forgotten, waiting] = [await insert(9), await insert(7)];
    await sweepLeftovers(db);
    const { body } = await ask('GET', `/v1/snapshots/${forgotten}`);
    assert.deepEqual([body.status, body.failure?.code], ['failed', 'UNAVAILABLE'], JSON.stringify(body));
    assert.equal((await ask('GET', `/v1/snapshots/${waiting}`)).body.status, 'preparing');
  });

  it('are for CCN, of its own tenant, and not without end', async () => {
    assert.equal((await ask('POST', '/v1/snapshots', {}, party.tenant.key)).status, 403);
    assert.equal((await ask('POST', '/v1/snapshots', { entities: ['patient'] })).status, 403);
    assert.equal((await ask('POST', '/v1/snapshots', { entities: ['nothing'] })).status, 404);
    const snapshot = await take();
    assert.ok(!('patient' in snapshot.entities));
    const { tenant } = await world.party();
    const path = `/v1/snapshots/${snapshot.snapshotId}`;
    for (const of of [path, `${path}/records/family`]) {
      assert.equal((await ask('GET', of, undefined, tenant.ccnKey)).status, 404);
    }
    assert.equal((await ask('GET', `${path}/records/family?partitions=2&partition=2`)).body.error.field, 'partition');
    for (let more = 0; more < 4; more += 1) await take();
    const refused = await ask('POST', '/v1/snapshots', {});
    assert.deepEqual([refused.status, refused.body.error.code], [409, 'SNAPSHOT_LIMIT']);
    assert.equal((await ask('GET', '/v1/snapshots')).body.snapshots.length, 5);
  });
});
