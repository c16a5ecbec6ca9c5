import assert from 'node:assert/strict';
import { acceptWithoutWorkflow } from '../support/accept-without-workflow';
import { callActivities, type CalledActivities } from '../support/activities';
import { sampleDay } from '../support/cc5-files';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

/** Tables that an upload writes to; the staging tables are added once they are there. */
const tables = ['upload_files', 'upload_chunks', 'upload_rows', 'commit_pages', 'records', 'parked_rows', 'events'];

describe('every activity, run twice', () => {
  let stack: TestStack;
  let tenant: TestTenant;
  let activities: CalledActivities;
  let uploadId: string;
  let uploadSeq: string;

  before(async () => {
    stack = await useStack();
    tenant = await freshTenant(stack);
    activities = await callActivities(stack, everything);
    ({ uploadId, uploadSeq } = await acceptWithoutWorkflow(stack, tenant, sampleDay(tenant, 'day1')));
  });

  after(() => activities.close());

  it('changes nothing the second time, and the upload still comes out right', async function () {
    this.timeout(120_000);
    const ref = { uploadId };
    const { fileNos } = await activities.twice('beginUpload', ref);
    const chunks: { entity: string; index: number }[] = [];
    for (const fileNo of fileNos) {
      const file = await activities.twice('fetchFile', { ...ref, fileNo });
      assert.ok('chunks' in file);
      for (let index = 0; index < file.chunks; index += 1) chunks.push({ entity: file.entity, index });
    }
    for (const chunk of chunks) await activities.twice('stageChunk', { ...ref, ...chunk });
    assert.deepEqual(await activities.twice('requestTurn', ref), { granted: true });
    assert.deepEqual(await activities.twice('planUpload', ref), { status: 'done' });
    assert.deepEqual(await activities.twice('commitUpload', ref), { status: 'done' });
    assert.deepEqual(await activities.twice('settleUpload', ref), { status: 'done' });
    await activities.twice('endUpload', { ...ref, status: 'completed' });
    await activities.run('publishEvents', ref);
    assert.deepEqual(await activities.twice('publishEvents', ref), { published: 0 });

    const [upload] = await stack.db('uploads').where({ upload_id: uploadId });
    assert.equal(upload.status, 'completed');
    assert.equal(upload.counts.family_member.created, 2939);
    assert.equal((await stack.db('records').where({ tenant_id: tenant.tenantId })).length, 7902);
  });

  it('is shown for every activity of an upload', () => {
    assert.deepEqual(activities.notRunTwice(/Upload$|^fetchFile$|Chunk$|Turn$|Events$/), []);
  });

  async function everything(): Promise<unknown> {
    const digests: Record<string, unknown> = {};
    const own = tables.map((table) => {
      const filter = table === 'upload_chunks' ? `upload_seq = ${uploadSeq}` : `tenant_id = ${tenant.tenantId}`;
      return { table, filter };
    });
    const { rows: staging } = await stack.db.raw(
      `SELECT format('staging.%I', tablename) AS table FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE ?`,
      [`u${uploadSeq}\\_%`],
    );
    for (const { table, filter } of [
      ...own,
      ...staging.map((row: { table: string }) => ({ ...row, filter: 'true' })),
    ]) {
      const { rows } = await stack.db.raw(
        `SELECT count(*)::int AS rows, md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS digest FROM ${table} t WHERE ${filter}`,
      );
      digests[table] = rows[0];
    }
    const [{ status, step, counts }] = await stack.db('uploads').where({ upload_id: uploadId });
    const [turn] = await stack.db('tenant_turns').where({ tenant_id: tenant.tenantId });
    return { digests, status, step, counts, turn };
  }
});
