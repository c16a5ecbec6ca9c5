import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { entityUploadWorkflowId } from '../../src/contracts/workflow-ids';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { putDataSet } from '../support/data-set-upload';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { processesOf } from '../support/run-history';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { reached, staged } from '../support/upload-moments';
import { Party } from '../support/upload-world';

const rows = 3_000;
/** Many chunks, so that there is something to share. */
const manyChunks = { CAREWAY_CHUNK_BYTES: '16384', CAREWAY_RECORDS_AT_ONCE: '1' };

describe('workers', function () {
  this.timeout(180_000);

  let stack: TestStack;
  let temporal: Client;
  let close: () => Promise<void>;
  let api: SpawnedProcess & { url: string };
  let uploads: SpawnedProcess;
  let records: SpawnedProcess[];

  before(async () => {
    stack = await useStack();
    const connected = await createTemporalClient(stack.config);
    ({ client: temporal, close } = connected);
    [api, uploads, ...records] = await Promise.all([
      spawnApi(stack),
      spawnWorker(stack, {}, ['--class', 'uploads']),
      spawnWorker(stack, manyChunks, ['--class', 'records']),
      spawnWorker(stack, manyChunks, ['--class', 'records']),
    ]);
  });

  after(async () => {
    await Promise.all([api, uploads, ...records].map((process) => process.stop()));
    await close();
  });

  it('of the class records share the chunks of an upload', async () => {
    const party = await newParty();
    const { uploadId } = await party.client.finished(await start(party));
    const busy = await processesOf(temporal, entityUploadWorkflowId(uploadId, 'family_member'));
    assert.deepEqual([...busy].sort(), records.map(({ pid }) => pid).sort());
    // Workflows and what stands between their steps are the other class's.
    const steps = await processesOf(temporal, `upload/${uploadId}`);
    assert.ok(steps.has(uploads.pid));
  });

  it('end in order when told to, and lose nothing', async () => {
    const party = await newParty();
    const uploadId = await start(party);
    await reached(stack.db, uploadId, staged(2));
    const [leaving] = records as [SpawnedProcess];
    const told = Date.now();
    await leaving.stop();
    assert.equal(await leaving.exited, 'code 0');
    assert.ok(Date.now() - told < 10_000, 'a worker with nothing but short chunks to finish leaves at once');
    await uploads.stop();
    assert.equal(await uploads.exited, 'code 0');
    uploads = await spawnWorker(stack, {}, ['--class', 'uploads']);
    const upload = await party.client.finished(uploadId);
    assert.equal(upload.status, 'completed');
    const { events } = await temporal.workflow.getHandle(`upload/${uploadId}/family_member`).fetchHistory();
    const timeouts = (events ?? []).filter((event) => event.activityTaskTimedOutEventAttributes);
    assert.equal(timeouts.length, 0);
    // No chunk had to wait until its worker was given up.
    const attempts = (events ?? []).map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 1);
    assert.deepEqual([...new Set(attempts)], [1]);
  });

  async function newParty(): Promise<Party> {
    return new Party(stack, api.url, await freshTenant(stack));
  }

  async function start({ client, tenant }: Party): Promise<string> {
    return client.start(await putDataSet(client, tenant, rows));
  }
});
