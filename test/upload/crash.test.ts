import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeDataSet } from '../../bench/data-set';
import { listenForEvents, type EventListener } from '../../scripts/sample/event-listener';
import { waitFor } from '../../scripts/stack/wait';
import { restartPostgres } from '../support/postgres';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { UploadClient } from '../support/upload-client';

const rows = 50_000;
/** Small chunks and pages, so that every step can be met half way. */
const smallPieces = { CAREWAY_CHUNK_BYTES: String(512 * 1024), CAREWAY_COMMIT_PAGE_ROWS: '4000' };

describe('an upload of 50,000 rows', function () {
  this.timeout(600_000);

  let stack: TestStack;
  let apiUrl: string;
  let worker: SpawnedProcess;
  let undisturbed: { tenant: TestTenant; state: unknown };

  before(async () => {
    stack = await useStack();
    [{ url: apiUrl }, worker] = await Promise.all([spawnApi(stack), spawnWorker(stack, smallPieces)]);
    const { tenant, client, fileIds } = await prepare();
    const upload = await client.finished(await client.start(fileIds));
    assert.equal(upload.status, 'completed');
    undisturbed = { tenant, state: await stateOf(tenant) };
  });

  after(() => worker.stop());

  it('survives a worker that is killed in each of its steps', async () => {
    const { tenant, client, fileIds } = await prepare();
    const listener = await listen(tenant);
    const uploadId = await client.start(fileIds);
    const kill = async (): Promise<void> => {
      await worker.kill('SIGKILL');
      worker = await spawnWorker(stack, smallPieces);
    };
    for (const isReached of [inStep('fetch'), halfStaged, inStep('resolve'), halfCommitted, inStep('settle'), ended]) {
      await reached(uploadId, isReached);
      await kill();
    }
    await assertAsUndisturbed(tenant, client, uploadId, listener);
  });

  for (const mode of ['fast', 'immediate'] as const) {
    it(`survives ${mode === 'fast' ? 'a restart' : 'a crash'} of PostgreSQL in staging and in commit`, async () => {
      const { tenant, client, fileIds } = await prepare();
      const listener = await listen(tenant);
      const uploadId = await client.start(fileIds);
      await reached(uploadId, halfStaged);
      await restartPostgres(stack, mode);
      await reached(uploadId, halfCommitted);
      await restartPostgres(stack, mode);
      await assertAsUndisturbed(tenant, client, uploadId, listener);
    });
  }

  async function prepare(): Promise<{ tenant: TestTenant; client: UploadClient; fileIds: string[] }> {
    const tenant = await freshTenant(stack);
    const client = new UploadClient(apiUrl, tenant);
    const folder = mkdtempSync(path.join(tmpdir(), 'careway-data-'));
    const files = await writeDataSet({ folder, rows, ...tenant });
    const fileIds: string[] = [];
    for (const { entity, file } of files) fileIds.push(await client.putFile(`${entity}.cc5txt`, readFileSync(file)));
    rmSync(folder, { recursive: true });
    return { tenant, client, fileIds };
  }

  /** Waits until the database shows that the upload has come that far. */
  async function reached(uploadId: string, isReached: (uploadSeq: string) => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000;
    const [{ upload_seq: uploadSeq }] = await stack.db('uploads').where({ upload_id: uploadId }).select('upload_seq');
    while (!(await isReached(uploadSeq))) {
      assert.ok(Date.now() < deadline, 'the step was not reached');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function inStep(step: string) {
    return async (uploadSeq: string): Promise<boolean> => {
      const [upload] = await stack.db('uploads').where({ upload_seq: uploadSeq }).select('step', 'status');
      return upload.step === step && upload.status === 'running';
    };
  }

  async function ended(uploadSeq: string): Promise<boolean> {
    const [upload] = await stack.db('uploads').where({ upload_seq: uploadSeq }).select('status');
    return upload.status === 'completed';
  }

  async function halfStaged(uploadSeq: string): Promise<boolean> {
    const table = `staging.u${uploadSeq}_chunks`;
    const { rows: found } = await stack.db.raw('SELECT to_regclass(?) IS NOT NULL AS found', [table]);
    if (!found[0].found) return false;
    const { rows: marks } = await stack.db.raw(`SELECT count(*)::int AS chunks FROM ${table}`);
    return marks[0].chunks >= 3;
  }

  async function halfCommitted(uploadSeq: string): Promise<boolean> {
    const [pages] = await stack.db('commit_pages').where({ upload_seq: uploadSeq }).count('committed_at AS committed');
    return Number(pages?.committed) >= 2;
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
    assert.deepEqual(await stateOf(tenant), undisturbed.state);
    const written = await stack.db('events').where({ tenant_id: tenant.tenantId }).pluck('event_id');
    const missing = (): unknown[] => written.filter((id) => !listener.events.some(({ eventId }) => eventId === id));
    await waitFor('every event', async () => missing().length === 0, { timeoutMs: 90_000 });
    await listener.close();
  }

  /** All that an upload leaves: records and ledger as digests, counts, and what was announced. */
  async function stateOf({ tenantId }: TestTenant): Promise<unknown> {
    const { rows: records } = await stack.db.raw(
      `SELECT entity, count(*)::int AS records, count(DISTINCT modified)::int AS stamps,
              md5(string_agg(entity_id || document::text || content_hash::text, ',' ORDER BY entity_id)) AS digest
       FROM records WHERE tenant_id = ? GROUP BY entity ORDER BY entity`,
      [tenantId],
    );
    const { rows: ledger } = await stack.db.raw(
      `SELECT entity, outcome, count(*)::int AS rows, md5(string_agg(row_no || entity_id, ',' ORDER BY row_no)) AS digest
       FROM upload_rows WHERE tenant_id = ? GROUP BY entity, outcome ORDER BY entity, outcome`,
      [tenantId],
    );
    const { rows: events } = await stack.db.raw(
      `SELECT event_type, count(*)::int AS events FROM events WHERE tenant_id = ? GROUP BY event_type ORDER BY event_type`,
      [tenantId],
    );
    const { rows: uploads } = await stack.db.raw('SELECT counts FROM uploads WHERE tenant_id = ?', [tenantId]);
    return { records, ledger, events, uploads };
  }
});
