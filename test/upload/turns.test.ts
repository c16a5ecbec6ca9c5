import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { entityUploadWorkflowId, uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';

describe('uploads of one tenant', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    // A row in each page, so that a commit of some hundred rows can be caught in the middle.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: '1' });
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  /** Runs `work` while nobody can take or give back the tenant's turn. */
  async function whileTurnIsHeld(holder: Party, work: () => Promise<void>): Promise<void> {
    await world.stack.db.transaction(async (trx: Knex.Transaction) => {
      await trx('tenant_turns').where({ tenant_id: holder.tenant.tenantId }).forUpdate().select();
      await work();
    });
  }

  it('commit in the order in which they were accepted, when ten start at once', async () => {
    const fileIds = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => party.put({ family: [{ name: `Name ${index}` }] })),
    );
    const started = await Promise.all(
      fileIds.map(async (files, index) => ({ uploadId: await party.client.start(files), name: `Name ${index}` })),
    );
    for (const { uploadId } of started) {
      assert.equal((await party.client.finished(uploadId, 50_000)).status, 'completed');
    }
    const { uploads } = (await party.client.call('GET', '/v1/uploads?limit=100')) as {
      uploads: { uploadId: string; counts: { family: { created: number; updated: number } } }[];
    };
    const accepted = uploads.reverse();
    const committed = (await party.events('records.changed')).map(({ uploadId }) => uploadId);
    assert.deepEqual(
      committed,
      accepted.map(({ uploadId }) => uploadId),
    );
    assert.deepEqual(
      accepted.map(({ counts }) => counts.family.created),
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    const last = started.find(({ uploadId }) => uploadId === accepted.at(-1)!.uploadId);
    assert.equal((await party.records('family'))['F-1']!.document['name'], last!.name);
  });

  it('see what the upload before them has committed', async () => {
    const first = await party.begin({ family: [{}] });
    const second = await party.begin({ family_member: [{}] });
    assert.equal((await party.client.finished(first)).status, 'completed');
    const { uploadId } = await party.client.finished(second);
    assert.deepEqual(await party.outcomes({ uploadId }), ['M-1 created']);
  });

  it('do not hold up those of another tenant', async () => {
    const other = await world.party();
    let held = '';
    await whileTurnIsHeld(party, async () => {
      held = await party.begin({ family: [{}] });
      await party.client.until(held, ({ step }) => step === 'wait');
      await other.send({ family: [{}] });
      assert.equal((await party.client.get(held)).status, 'running');
    });
    assert.equal((await party.client.finished(held)).status, 'completed');
  });

  async function assertTerminated(uploadId: string): Promise<void> {
    const { status, failure } = await party.client.get(uploadId);
    assert.deepEqual([status, failure?.code], ['failed', 'UPLOAD_TERMINATED']);
    assert.deepEqual(await party.stagingTables({ uploadId }), []);
    const told = (await party.events('upload.failed')).map((body) => [body['uploadId'], body['failure']]);
    assert.deepEqual(told, [[uploadId, { code: failure!.code, message: failure!.message }]]);
  }

  it('go on after one whose workflow was terminated by hand before its turn', async () => {
    let first = '';
    await whileTurnIsHeld(party, async () => {
      first = await party.begin({ family: [{ name: 'Terminated' }] });
      await party.client.until(first, ({ step }) => step === 'wait');
      await world.temporal.workflow.getHandle(uploadWorkflowId(first)).terminate('by hand');
    });
    const second = await party.send({ family: [{ name: 'Second' }] });
    assert.deepEqual(await party.outcomes(second), ['F-1 created']);
    await assertTerminated(first);
    assert.deepEqual(await party.outcomes({ uploadId: first }), []);
  });

  it('go on after one that was terminated in its commit, and keep what that had committed', async function () {
    this.timeout(90_000);
    const ids = Array.from({ length: 800 }, (_, index) => `F-${index + 1000}`);
    const first = await party.begin({ family: ids.map((entityId) => ({ entityId })) });
    await party.untilPages(first, 'family', 4);
    await world.temporal.workflow.getHandle(uploadWorkflowId(first)).terminate('by hand');
    const second = await party.send({ family: [{ entityId: 'F-1' }] });
    assert.deepEqual(await party.outcomes(second), ['F-1 created']);
    await assertTerminated(first);
    const keptIds = Object.keys(await party.records('family')).filter((id) => id !== 'F-1');
    assert.ok(keptIds.length > 3 && keptIds.length < ids.length, `${keptIds.length} rows were committed`);
    assert.deepEqual(
      await party.outcomes({ uploadId: first }),
      keptIds.map((id) => `${id} created`),
    );
    const { counts } = await party.client.get(first);
    assert.deepEqual([counts['family']!.read, counts['family']!.created], [ids.length, keptIds.length]);
  });

  it('fail when a child workflow is terminated by hand, and let the next one go on', async function () {
    this.timeout(90_000);
    const name = 'n'.repeat(2_000_000);
    const first = await party.begin({ family: [{ name }, { name }, { name }] });
    const child = world.temporal.workflow.getHandle(entityUploadWorkflowId(first, 'family'));
    await untilItRuns(() => child.terminate('by hand'));
    const failed = await party.client.finished(first);
    assert.deepEqual([failed.status, failed.failure?.code], ['failed', 'INTERNAL']);
    assert.deepEqual(await party.committed(), []);
    await party.send({ family: [{}] });
  });
});

/** Tries until the workflow is there. */
async function untilItRuns(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if ((error as Error).name !== 'WorkflowNotFoundError') throw error;
    }
  }
}
