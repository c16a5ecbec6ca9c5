import assert from 'node:assert/strict';
import { waitFor } from '../../scripts/stack/wait';
import { uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { ensureSearchAttributes } from '../../src/platform/search-attributes';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';

describe('runs in the Temporal UI', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(60_000);
    world = await openWorld();
    party = await world.party();
  });

  after(() => world.close());

  it('are found by tenant, status, entity and source', async () => {
    const { uploadId } = await party.send({ family: [{}], provider: [{}] });
    const { workspaceId, bucketId } = party.tenant;
    const ofTenant = `CarewayTenant = '${workspaceId}/${bucketId}'`;
    const upload = uploadWorkflowId(uploadId);
    await found(`${ofTenant} AND CarewayStatus = 'completed' AND CarewaySource = 'api'`, [upload]);
    await found(`${ofTenant} AND CarewayEntity = 'family'`, [upload, `${upload}/family`]);
    await found(`${ofTenant}`, [upload, `${upload}/family`, `${upload}/provider`]);
  });

  it('have the status of an upload that failed', async () => {
    const fileId = await party.client.putFile('broken.cc5txt', '\n');
    const { uploadId } = await party.client.finished(await party.client.start([fileId]));
    const { workspaceId, bucketId } = party.tenant;
    await found(`CarewayTenant = '${workspaceId}/${bucketId}' AND CarewayStatus = 'failed'`, [
      uploadWorkflowId(uploadId),
    ]);
  });

  it('need nothing to be registered twice', async () => {
    assert.deepEqual(await ensureSearchAttributes(world.temporal), []);
  });

  /** Visibility is told a moment after a run has changed. */
  async function found(query: string, workflowIds: string[]): Promise<void> {
    let ids: string[] = [];
    const isFound = async (): Promise<boolean> => {
      ids = [];
      for await (const { workflowId } of world.temporal.workflow.list({ query })) ids.push(workflowId);
      return JSON.stringify(ids.sort()) === JSON.stringify(workflowIds.sort());
    };
    await waitFor(query, isFound, { timeoutMs: 10_000, everyMs: 200 }).catch(() =>
      assert.deepEqual(ids, workflowIds, query),
    );
  }
});
