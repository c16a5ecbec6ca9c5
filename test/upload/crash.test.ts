import assert from 'node:assert/strict';
import { listenForEvents, type EventListener } from '../../scripts/sample/event-listener';
import { waitFor } from '../../scripts/stack/wait';
import { putDataSet } from '../support/data-set-upload';
import { restartPostgres } from '../support/postgres';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { UploadClient } from '../support/upload-client';
import { committed, ended, inStep, reached, staged } from '../support/upload-moments';
import { stateOf, undelivered } from '../support/upload-state';

const rows = 50_000;
/** Small chunks and pages, so that every step can be met half way. */
const smallPieces = { CAREWAY_CHUNK_BYTES: String(512 * 1024), CAREWAY_COMMIT_PAGE_ROWS: '4000' };
const [halfStaged, halfCommitted] = [staged(3), committed(2)];

describe('an upload of 50,000 rows', function () {
  this.timeout(600_000);

  let stack: TestStack;
  let api: SpawnedProcess & { url: string };
  let worker: SpawnedProcess;
  let undisturbed: { tenant: TestTenant; state: unknown };

  before(async () => {
    stack = await useStack();
    [api, worker] = await Promise.all([spawnApi(stack), spawnWorker(stack, smallPieces)]);
    const { tenant, client, fileIds } = await prepare();
    const upload = await client.finished(await client.start(fileIds));
    assert.equal(upload.status, 'completed');
    undisturbed = { tenant, state: await stateOf(stack.db, tenant.tenantId) };
  });

  after(() => Promise.all([worker.stop(), api.stop()]));

  it('survives a worker that is killed in each of its steps', async () => {
    const { tenant, client, fileIds } = await prepare();
    const listener = await listen(tenant);
    const uploadId = await client.start(fileIds);
    const kill = async (): Promise<void> => {
      await worker.kill('SIGKILL');
      worker = await spawnWorker(stack, smallPieces);
    };
    for (const isReached of [inStep('fetch'), halfStaged, inStep('resolve'), halfCommitted, inStep('settle'), ended]) {
      await reached(stack.db, uploadId, isReached);
      await kill();
    }
    await assertAsUndisturbed(tenant, client, uploadId, listener);
  });

  for (const mode of ['fast', 'immediate'] as const) {
    it(`survives ${mode === 'fast' ? 'a restart' : 'a crash'} of PostgreSQL in staging and in commit`, async () => {
      const { tenant, client, fileIds } = await prepare();
      const listener = await listen(tenant);
      const uploadId = await client.start(fileIds);
      await reached(stack.db, uploadId, halfStaged);
      await restartPostgres(stack, mode);
      await reached(stack.db, uploadId, halfCommitted);
      await restartPostgres(stack, mode);
      await assertAsUndisturbed(tenant, client, uploadId, listener);
    });
  }

  async function prepare(): Promise<{ tenant: TestTenant; client: UploadClient; fileIds: string[] }> {
    const tenant = await freshTenant(stack);
    const client = new UploadClient(api.url, tenant);
    const fileIds = await putDataSet(client, tenant, rows);
    return { tenant, client, fileIds };
  }

  function listen(tenant: TestTenant): Promise<EventListener> {
    const { snsEndpoint, topicArn } = stack;
    return listenForEvents({ snsEndpoint, topicArn, ...tenant });
  }

  async function assertAsUndisturbed(
    tenant: TestTenant,
    client: UploadClient,
    uploadId: string,
    listener: EventListener,
  ): Promise<void> {
    const upload = await client.finished(uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    assert.deepEqual(await stateOf(stack.db, tenant.tenantId), undisturbed.state);
    const allTold = async (): Promise<boolean> =>
      (await undelivered(stack.db, tenant.tenantId, listener.events)).length === 0;
    await waitFor('every event', allTold, { timeoutMs: 90_000 });
    await listener.close();
  }
});
