import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { halfCommittedUpload, insertSnapshot } from '../../src/db/queries/snapshots';
import { callActivities, type CalledActivities } from '../support/activities';
import { insertRecord } from '../support/records';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

describe('activities of snapshots, run twice', () => {
  let stack: TestStack;
  let activities: CalledActivities;

  before(async () => {
    stack = await useStack();
    activities = await callActivities(stack, () => stack.db('snapshots').orderBy('snapshot_id').select());
  });
  after(() => activities?.close());

  it('change nothing the second time', async () => {
    const tenant = await freshTenant(stack);
    await insertRecord(stack, tenant, 'F-1');
    const make = async (): Promise<string> => {
      const snapshotId = randomUUID();
      await insertSnapshot(stack.db, { snapshotId, tenantId: tenant.tenantId, entities: ['family'], keepSeconds: 60 });
      return snapshotId;
    };
    const snapshotId = await make();
    assert.deepEqual(await activities.twice('takeSnapshot', { snapshotId }), { status: 'taken' });
    const taken = await stack.db('snapshots').where({ snapshot_id: snapshotId }).first();
    assert.deepEqual([taken.status, taken.contents], ['ready', { family: { records: 1, pages: 1 } }]);
    await activities.twice('dropSnapshot', { snapshotId });
    await activities.twice('failSnapshot', { snapshotId: await make(), code: 'INTERNAL' });
    assert.deepEqual(activities.notRunTwice(/Snapshot$/), []);
  });

  it('see an upload that has committed nothing but rows that waited', async () => {
    const { tenantId } = await freshTenant(stack);
    const { db } = stack;
    const upload = { tenant_id: tenantId, source: 'test', mode: 'commit', atomicity: 'record', status: 'running' };
    const [{ upload_seq: uploadSeq }] = await db('uploads')
      .insert({ ...upload, upload_id: randomUUID() })
      .returning('upload_seq');
    await db('tenant_turns').where({ tenant_id: tenantId }).update({ turn_upload_seq: uploadSeq });
    const row = { upload_seq: uploadSeq, tenant_id: tenantId, entity: 'claim', row_no: 1, outcome: 'created' };
    await db('upload_rows').insert({ ...row, file_no: 1 });
    assert.equal(await halfCommittedUpload(db, tenantId), undefined);
    await db('upload_rows').insert({ ...row, file_no: 0 });
    assert.equal((await halfCommittedUpload(db, tenantId))?.uploadSeq, uploadSeq);
    await db('uploads').where({ upload_seq: uploadSeq }).delete();
  });
});
