import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../../scripts/stack/wait';
import { sampleDay } from '../support/cc5-files';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { UploadClient, type UploadView } from '../support/upload-client';

interface ExpectedEntity {
  rows: number;
  outcomes: Record<string, number>;
  problems: Record<string, { outcome: string; code: string; field: string }>;
}

const expected = JSON.parse(readFileSync(path.join(process.cwd(), 'sample/carecloud/expected.json'), 'utf8')) as Record<
  string,
  Record<string, ExpectedEntity>
>;

describe('the sample, two days of a state', () => {
  let stack: TestStack;
  let tenant: TestTenant;
  let client: UploadClient;
  let day1: UploadView;
  let processes: SpawnedProcess[];

  before(async function () {
    this.timeout(120_000);
    stack = await useStack();
    tenant = await freshTenant(stack);
    const [api, worker] = await Promise.all([spawnApi(stack), spawnWorker(stack)]);
    processes = [api, worker];
    client = new UploadClient(api.url, tenant);
  });

  after(() => Promise.all(processes.map((running) => running.stop())));

  it('gives every row of day 1 the outcome it must get', async () => {
    day1 = await client.upload(sampleDay(tenant, 'day1'), { idempotencyKey: 'day1' });
    await assertAsExpected(day1, 'day1');
  });

  it('gives the same upload for the same idempotency key', async () => {
    const files = await stack
      .db('upload_files')
      .select('file_id')
      .orderBy('file_no')
      .where('tenant_id', tenant.tenantId);
    const again = await client.start(
      files.map((file) => file.file_id as string),
      { idempotencyKey: 'day1' },
    );
    assert.equal(again, day1.uploadId);
  });

  it('leaves everything untouched when day 1 comes again', async () => {
    const before = await stampsAndEvents();
    const again = await client.upload(sampleDay(tenant, 'day1'));
    assert.equal(again.status, 'completed');
    for (const [entity, counts] of Object.entries(again.counts)) {
      const { errored, parked } = day1.counts[entity]!;
      assert.equal(counts.unchanged, counts.read - errored - parked, entity);
    }
    assert.deepEqual(await stampsAndEvents(), before);
  });

  it('gives every row of day 2 the outcome it must get', async () => {
    const day2 = await client.upload(sampleDay(tenant, 'day2'));
    await assertAsExpected(day2, 'day2');
  });

  it('publishes every event', async () => {
    const events = () => stack.db('events').where({ tenant_id: tenant.tenantId });
    assert.equal((await events().where({ event_type: 'upload.completed' })).length, 3);
    // An upload is completed before its last event is out.
    await waitFor('every event', async () => (await events().whereNull('published_at')).length === 0, {
      timeoutMs: 20_000,
    });
  });

  async function stampsAndEvents(): Promise<unknown> {
    const records = await stack.db('records').where({ tenant_id: tenant.tenantId }).max('modified').count();
    const changes = await stack
      .db('events')
      .where({ tenant_id: tenant.tenantId, event_type: 'records.changed' })
      .count();
    return { records, changes };
  }

  async function assertAsExpected(upload: UploadView, day: string): Promise<void> {
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    const rows = await client.rows(upload.uploadId);
    for (const [entity, want] of Object.entries(expected[day]!)) {
      const own = rows.filter((row) => row.entity === entity);
      assert.equal(own.length, want.rows, `${day} ${entity}`);
      const outcomes: Record<string, number> = {};
      for (const { outcome } of own) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      assert.deepEqual(outcomes, want.outcomes, `${day} ${entity}`);
      for (const row of own) {
        const problem = want.problems[row.entityId ?? ''];
        if (problem) {
          assert.equal(row.outcome, problem.outcome, row.entityId!);
          const first = row.problems[0];
          assert.deepEqual([first?.code, first?.field], [problem.code, problem.field], row.entityId!);
        } else {
          assert.ok(row.entityId === null || !['errored', 'parked'].includes(row.outcome), String(row.entityId));
        }
      }
    }
  }
});
