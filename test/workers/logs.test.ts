import assert from 'node:assert/strict';
import type { Info } from '@temporalio/activity';
import { waitFor } from '../../scripts/stack/wait';
import { createScopeLog } from '../../src/activities/interceptors/scope-log';
import { uploadIdOf } from '../../src/contracts/workflow-ids';
import { currentLogScope } from '../../src/platform/log-scope';
import { openWorld } from '../support/upload-world';

describe('log lines', () => {
  it('of an activity carry the ids of its upload, its run and its attempt', async () => {
    const workflowExecution = { workflowId: 'upload/u-1/family', runId: 'r-1' };
    const info = { activityType: 'stageChunk', attempt: 2, workflowExecution } as Info;
    const input = { args: [], headers: {} };
    const scope = await createScopeLog(info).execute!(input, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return currentLogScope();
    });
    const ids = { uploadId: 'u-1', workflowId: 'upload/u-1/family', runId: 'r-1' };
    assert.deepEqual(scope, { ...ids, activityType: 'stageChunk', attempt: 2 });
    assert.deepEqual(currentLogScope(), {});
  });

  it('of a workflow carry them as well', async function () {
    this.timeout(60_000);
    const world = await openWorld();
    try {
      const party = await world.party();
      const fileId = await party.client.putFile('broken.cc5txt', '\n');
      const { uploadId } = await party.client.finished(await party.client.start([fileId]));
      const ofUpload = (): string[] =>
        world.worker
          .output()
          .split('\n')
          .filter((text) => text.includes(uploadId));
      // The run ends a moment after its upload.
      await waitFor('a line', async () => ofUpload().length > 0, { timeoutMs: 20_000 });
      const [line] = ofUpload().map((text) => JSON.parse(text) as Record<string, unknown>);
      assert.equal(line?.uploadId, uploadId);
      assert.equal(line?.workflowId, `upload/${uploadId}`);
      assert.equal(line?.workflowType, 'uploadWorkflow');
    } finally {
      await world.close();
    }
  });

  it('know the upload by the id of its workflow', () => {
    assert.equal(uploadIdOf('upload/u-1'), 'u-1');
    assert.equal(uploadIdOf('upload/u-1/family'), 'u-1');
    assert.equal(uploadIdOf('nightly-sync/ws/bk'), undefined);
  });
});
