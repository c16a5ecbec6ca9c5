import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { waitFor } from '../../scripts/stack/wait';
import { taskQueues } from '../../src/contracts/task-queues';
import { uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { batchOf } from '../support/batches';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { Party, type TestFiles } from '../support/upload-world';

const files = 20;
const manyFiles: TestFiles = Object.fromEntries(
  Array.from({ length: files }, (_, index) => [`family#${index}`, [{ entityId: `F-${index}` }]]),
);
/** First come, first served would put all of them before; a task may be under way already. */
const few = 2;

describe('work that waits for a worker', function () {
  this.timeout(120_000);

  let stack: TestStack;
  let temporal: Client;
  let close: () => Promise<void>;
  let processes: SpawnedProcess[];
  let large: Party;
  let largeId: string;
  let small: Party;
  let smallId: string;
  let batchStatus: string;

  before(async () => {
    stack = await useStack();
    ({ client: temporal, close } = await createTemporalClient(stack.config));
    const [api, uploads] = await Promise.all([spawnApi(stack), spawnWorker(stack, {}, ['--class', 'uploads'])]);
    processes = [api, uploads];
    large = new Party(stack, api.url, await freshTenant(stack));
    small = new Party(stack, api.url, await freshTenant(stack));

    largeId = await large.begin(manyFiles);
    await waiting(files);
    smallId = await small.begin({ family: [{}] });
    await waiting(files + 1);
    const waited = new Party(stack, api.url, await freshTenant(stack));
    const batch = batchOf(waited.tenant, 'family', { data: [{ entityId: 'F-B', name: 'Ruiz', disabled: false }] });
    const answer = await waited.client.call('POST', '/appfile/file/import/data', batch);
    const { uploadId } = (answer as { data: { uploadId: string } }).data;
    batchStatus = (await waited.client.finished(uploadId)).status;

    processes.push(await spawnWorker(stack, { CAREWAY_RECORDS_AT_ONCE: '1' }, ['--class', 'records']));
    for (const [party, uploadId] of [
      [large, largeId],
      [small, smallId],
    ] as const) {
      assert.equal((await party.client.finished(uploadId)).status, 'completed');
    }
  });

  after(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await close();
  });

  it('is done tenant by tenant', async () => {
    const before = await startedBefore(smallId);
    assert.ok(before <= few, `${before} of ${files} files of another tenant came first`);
  });

  it('does not hold up a batch', () => {
    assert.equal(batchStatus, 'completed');
  });

  /** Until so many activities stand in the queue of the records. */
  async function waiting(activities: number): Promise<void> {
    const backlog = async (): Promise<boolean> => {
      const { stats } = await temporal.workflowService.describeTaskQueue({
        namespace: stack.config.temporal.namespace,
        taskQueue: { name: taskQueues.records },
        taskQueueType: 2,
        reportStats: true,
      });
      return Number(stats?.approximateBacklogCount ?? 0) >= activities;
    };
    await waitFor(`${activities} activities to wait`, backlog, { timeoutMs: 30_000, everyMs: 100 });
  }

  /** Files of the large upload that were begun before the one of another upload. */
  async function startedBefore(uploadId: string): Promise<number> {
    const [first] = await fetchStarts(uploadId);
    return (await fetchStarts(largeId)).filter((start) => start < first!).length;
  }

  /** When its files were begun, in nanoseconds. */
  async function fetchStarts(uploadId: string): Promise<bigint[]> {
    const { events = [] } = await temporal.workflow.getHandle(uploadWorkflowId(uploadId)).fetchHistory();
    const fetches = new Set(
      (events ?? [])
        .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'fetchFile')
        .map(({ eventId }) => String(eventId)),
    );
    return (events ?? [])
      .filter((event) => fetches.has(String(event.activityTaskStartedEventAttributes?.scheduledEventId)))
      .map(({ eventTime }) => BigInt(String(eventTime?.seconds)) * 1_000_000_000n + BigInt(eventTime?.nanos ?? 0));
  }
});
