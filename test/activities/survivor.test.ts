import assert from 'node:assert/strict';
import { callActivities, type CalledActivities } from '../support/activities';
import { useStack, type TestStack } from '../support/stack';
import { stagedUpload } from '../support/staged-upload';
import { freshTenant } from '../support/tenants';

describe('a commit that goes on after a database crash', () => {
  let stack: TestStack;
  let activities: CalledActivities;

  before(async () => {
    stack = await useStack();
    activities = await callActivities(stack);
  });

  after(() => activities.close());

  it('writes no row that was staged again and is not resolved yet', async () => {
    const tenant = await freshTenant(stack);
    const { uploadId, uploadSeq, stage } = await stagedUpload(stack, activities, tenant);
    const ref = { uploadId };
    assert.deepEqual(await activities.run('planUpload', ref), { status: 'done' });

    await emptyAsACrashDoes(uploadSeq);
    assert.deepEqual(await activities.run('commitUpload', ref), { status: 'staging-lost' });
    await stage();
    assert.deepEqual(await activities.run('commitUpload', ref), { status: 'staging-lost' });
    assert.deepEqual(await stack.db('records').where({ tenant_id: tenant.tenantId }), []);

    assert.deepEqual(await activities.run('planUpload', ref), { status: 'done' });
    assert.deepEqual(await activities.run('commitUpload', ref), { status: 'done' });
    const [care] = await stack.db('records').where({ tenant_id: tenant.tenantId, entity: 'care' });
    assert.equal(care.document.providerName, 'Sunrise Center');
    assert.deepEqual(await activities.run('settleUpload', ref), { status: 'done' });
    await activities.run('endUpload', { ...ref, status: 'completed' });
  });

  /** Unlogged tables come back empty. */
  async function emptyAsACrashDoes(uploadSeq: string): Promise<void> {
    const { rows } = await stack.db.raw(
      `SELECT format('staging.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE ?`,
      [`u${uploadSeq}\\_%`],
    );
    await stack.db.raw(`TRUNCATE ${rows.map(({ name }: { name: string }) => name).join(', ')}`);
  }
});
