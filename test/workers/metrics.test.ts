import assert from 'node:assert/strict';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { Party } from '../support/upload-world';

describe('metrics', () => {
  let stack: TestStack;
  let tenant: TestTenant;
  let api: SpawnedProcess & { url: string };
  let worker: SpawnedProcess;

  before(async function () {
    this.timeout(60_000);
    stack = await useStack();
    [api, worker] = await Promise.all([spawnApi(stack), spawnWorker(stack)]);
    tenant = await freshTenant(stack);
    // The claim has no parents, so it waits for them.
    const family = [
      { entityId: 'F-1', name: 'Canary' },
      { entityId: 'F-2', name: 'Canary' },
    ];
    await new Party(stack, api.url, tenant).send({ family, claim: [{}] });
  });

  after(() => Promise.all([api.stop(), worker.stop()]));

  it('of a worker tell the rows of each step, its activities and what the SDK counts', async () => {
    const text = await scrape(`http://127.0.0.1:${metricsPort(worker)}/metrics`);
    for (const step of ['staged', 'planned', 'committed']) {
      assertHas(text, new RegExp(`^careway_rows_total{step="${step}",entity="family"} 2$`, 'm'));
    }
    assertHas(text, /^careway_activity_seconds_count\{activity="planUpload",end="done"\} 1$/m);
    assertHas(text, /^careway_activities_running\{activity="planUpload"\} 0$/m);
    assertHas(text, /^temporal_/m);
    assertImpersonal(text);
  });

  it('of the API tell requests by pattern of the route, and what waits in the service', async () => {
    await fetch(`${api.url}/nowhere/${tenant.workspaceId}`);
    const text = await scrape(`${api.url}/metrics`);
    assertHas(text, /careway_http_request_seconds_count\{method="GET",route="\/v1\/uploads\/:uploadId",status="200"\}/);
    assertHas(text, /careway_http_request_seconds_count\{method="GET",route="none",status="404"\} 1/);
    assertHas(text, /^careway_backlog_up 1$/m);
    assertHas(text, /^careway_uploads\{status="completed"\} [1-9]/m);
    assertHas(text, /^careway_parked_rows\{entity="claim"\} [1-9]/m);
    assertHas(text, /^careway_outbox_events \d/m);
    assertHas(text, /^careway_oldest_waiting_upload_seconds \d/m);
    assertImpersonal(text);
    assert.match(await scrape(`http://127.0.0.1:${metricsPort(api)}/metrics`), /^careway_backlog_up 1$/m);
  });

  it('are not told to who comes through a proxy', async () => {
    const answer = await fetch(`${api.url}/metrics`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    assert.equal(answer.status, 404);
  });

  it('tell how old the oldest event is that has not gone out, and the oldest upload that waits', async () => {
    const { tenantId } = await freshTenant(stack);
    const old = new Date(Date.now() - 3_600_000);
    const event = { tenant_id: tenantId, event_type: 'upload.accepted', body: '{}', created_at: old };
    const upload = { tenant_id: tenantId, source: 'test', mode: 'commit', atomicity: 'record', accepted_at: old };
    const [{ event_id: eventId }] = await stack.db('events').insert(event).returning('event_id');
    const [{ upload_id: uploadId }] = await stack
      .db('uploads')
      .insert({ ...upload, status: 'running', step: 'wait', upload_id: stack.db.raw('gen_random_uuid()') })
      .returning('upload_id');
    try {
      // What was read last is kept for a few seconds.
      await new Promise((resolve) => setTimeout(resolve, 5_500));
      const text = await scrape(`${api.url}/metrics`);
      assertHas(text, /^careway_outbox_oldest_seconds 36\d\d/m);
      assertHas(text, /^careway_oldest_waiting_upload_seconds 36\d\d/m);
    } finally {
      await stack.db('events').where({ event_id: eventId }).delete();
      await stack.db('uploads').where({ upload_id: uploadId }).delete();
    }
  });

  async function scrape(url: string): Promise<string> {
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    return answer.text();
  }

  /** The whole text would fill the report. */
  function assertHas(text: string, line: RegExp): void {
    const name = /careway_\w+?(?=_count|\\|\{| )/.exec(line.source)?.[0] ?? 'temporal_';
    const near = text.split('\n').filter((candidate) => candidate.startsWith(name));
    assert.ok(line.test(text), `${line.source}\n${near.join('\n')}`);
  }

  function assertImpersonal(text: string): void {
    for (const value of ['Canary', 'F-1', tenant.workspaceId, tenant.bucketId]) assert.ok(!text.includes(value), value);
  }
});

/** Each process says in its log where it serves them. */
function metricsPort(process: SpawnedProcess): string {
  const port = /"metricsPort":(\d+)/.exec(process.output())?.[1];
  assert.ok(port);
  return port;
}
