import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { waitFor } from '../../scripts/stack/wait';
import { entityUploadWorkflowId, uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { listBuilds, setCurrentBuild } from '../../src/platform/worker-deployment';
import { holdTenant } from '../support/hold-tenant';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { processesOf } from '../support/run-history';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { Party } from '../support/upload-world';

describe('a deploy', function () {
  this.timeout(180_000);

  let stack: TestStack;
  let temporal: Client;
  let closeClient: () => Promise<void>;
  let api: SpawnedProcess & { url: string };
  let oldWorker: SpawnedProcess;
  let newWorker: SpawnedProcess;

  before(async () => {
    stack = await useStack();
    ({ client: temporal, close: closeClient } = await createTemporalClient(stack.config));
    assert.deepEqual(await listBuilds(temporal), [], 'no worker with a build id has come yet');
    [api, oldWorker] = await Promise.all([spawnApi(stack), spawnWorker(stack, { CAREWAY_BUILD_ID: 'build-a' })]);
    await makeCurrent('build-a');
  });

  after(async () => {
    // The other tests' workers are not versioned.
    await setCurrentBuild(temporal, null);
    await Promise.all([api, oldWorker, newWorker].map((process) => process?.stop()));
    await closeClient();
  });

  it('leaves running uploads to the build they were started on, and starts new ones on the new build', async () => {
    const [early, late] = [await newParty(), await newParty()];
    const letGo = await holdTenant(stack, early.tenant);
    const earlyId = await early.begin({ family: [{}] });
    await early.client.until(earlyId, ({ step }) => step === 'wait');

    newWorker = await spawnWorker(stack, { CAREWAY_BUILD_ID: 'build-b' });
    await makeCurrent('build-b');
    await late.send({ family: [{}] }).then(({ uploadId }) => ranOn(uploadId, 'build-b', newWorker));

    await letGo();
    assert.equal((await early.client.finished(earlyId)).status, 'completed');
    await ranOn(earlyId, 'build-a', oldWorker);
    const statuses = (): Promise<string[]> =>
      listBuilds(temporal).then((builds) => builds.map(({ buildId, status }) => `${buildId} ${status}`).sort());
    const current = await statuses();
    assert.ok(current.includes('build-b CURRENT'), current.join());
    assert.match(current.join(), /build-a DRAIN(ING|ED)/);
  });

  async function newParty(): Promise<Party> {
    return new Party(stack, api.url, await freshTenant(stack));
  }

  /** Temporal knows a build some moments after its workers have begun to ask for work. */
  async function makeCurrent(buildId: string): Promise<void> {
    const attempt = (): Promise<boolean> => setCurrentBuild(temporal, buildId).then(() => true);
    await waitFor(`build ${buildId}`, attempt, { timeoutMs: 30_000, everyMs: 300 });
  }

  /** The upload and its child, with all their activities. */
  async function ranOn(uploadId: string, buildId: string, worker: SpawnedProcess): Promise<void> {
    for (const workflowId of [uploadWorkflowId(uploadId), entityUploadWorkflowId(uploadId, 'family')]) {
      const { raw } = await temporal.workflow.getHandle(workflowId).describe();
      const { versioningInfo } = raw.workflowExecutionInfo ?? {};
      assert.equal(versioningInfo?.deploymentVersion?.buildId, buildId, workflowId);
      assert.deepEqual([...(await processesOf(temporal, workflowId))], [worker.pid], workflowId);
    }
  }
});
