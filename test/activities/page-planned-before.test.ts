import assert from 'node:assert/strict';
import { acceptWithoutWorkflow } from '../support/accept-without-workflow';
import { callActivities, type CalledActivities } from '../support/activities';
import { sampleDay } from '../support/cc5-files';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

describe('a page that was planned by the version before', () => {
  let stack: TestStack;
  let tenant: TestTenant;
  let activities: CalledActivities;

  before(async () => {
    stack = await useStack();
    tenant = await freshTenant(stack);
    activities = await callActivities(stack);
  });

  after(() => activities.close());

  it('does not say what it holds, and is counted when it is committed', async function () {
    this.timeout(120_000);
    const { uploadId, uploadSeq } = await acceptWithoutWorkflow(stack, tenant, sampleDay(tenant, 'day1'));
    const ref = { uploadId };
    const { fileNos } = await activities.run('beginUpload', ref);
    for (const fileNo of fileNos) {
      const file = await activities.run('fetchFile', { ...ref, fileNo });
      assert.ok('chunks' in file);
      for (let index = 0; index < file.chunks; index += 1) {
        await activities.run('stageChunk', { ...ref, entity: file.entity, index });
      }
    }
    await activities.run('requestTurn', ref);
    await activities.run('planUpload', ref);
    const pages = await stack.db('commit_pages').where({ upload_seq: uploadSeq });
    for (const { planned, row_count } of pages) {
      const rows = Object.values(planned as Record<string, number>).reduce((sum, count) => sum + count, 0);
      assert.equal(rows, row_count, 'what a page holds by outcome adds up');
    }
    await stack.db('commit_pages').where({ upload_seq: uploadSeq }).update({ planned: null });
    assert.deepEqual(await activities.run('commitUpload', ref), { status: 'done' });
    assert.equal((await stack.db('records').where({ tenant_id: tenant.tenantId })).length, 7902);
    await activities.run('endUpload', { ...ref, status: 'failed' });
  });
});
