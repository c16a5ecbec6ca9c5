import assert from 'node:assert/strict';
import { careCloudEntities } from '../../src/domain/entities';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { listenForEvents, type EventListener } from '../../scripts/sample/event-listener';
import { call } from '../api/support/client';
import { cc5File } from '../support/cc5-files';
import { historyText } from '../support/history-text';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { UploadClient, type UploadView } from '../support/upload-client';
import { canaryColumns, canaryDigits, canaryLine, canaryMark, canaryRows } from './canary-rows';

const trace = { CAREWAY_LOG_LEVEL: 'trace' };

/** No planted word in a text, in whatever case. */
function requireClean(where: string, text: string): void {
  const lower = text.toLowerCase();
  for (const planted of [canaryMark, ...canaryDigits]) {
    const at = lower.indexOf(planted.toLowerCase());
    assert.ok(at < 0, `${where} holds ${text.slice(Math.max(0, at - 120), at + 60)}`);
  }
}

describe('planted values', function () {
  this.timeout(180_000);
  let stack: TestStack;
  let tenant: TestTenant;
  let api: SpawnedProcess & { url: string };
  let worker: SpawnedProcess;
  let temporal: TemporalConnection;
  let listener: EventListener;
  let client: UploadClient;
  let whole: UploadView;
  const others: Record<string, UploadView> = {};
  const refusals: string[] = [];

  before(async () => {
    stack = await useStack();
    tenant = await freshTenant(stack);
    [api, worker, temporal] = await Promise.all([
      spawnApi(stack, trace),
      spawnWorker(stack, trace),
      createTemporalClient(stack.config),
    ]);
    const { snsEndpoint, topicArn } = stack;
    listener = await listenForEvents({ snsEndpoint, topicArn, ...tenant });
    // Only operations may bring the records of an agency and those of CCN in one upload.
    client = new UploadClient(api.url, { ...tenant, headers: { ...tenant.headers, 'x-api-key': tenant.opsKey } });
    await uploadAll();
    await refuseAll();
  });
  after(async () => {
    await listener?.close();
    await Promise.all([api?.stop(), worker?.stop(), temporal?.close()]);
  });

  const fileOf = (name: string, which: readonly ('good' | 'errored' | 'parked')[]): string => {
    const definition = careCloudEntities.find((each) => each.name === name)!;
    const rows = canaryRows(definition);
    const lines = which.map((what) => canaryLine(definition, rows[what]));
    return cc5File(tenant, name, canaryColumns(definition), lines);
  };

  async function uploadAll(): Promise<void> {
    const names = careCloudEntities.map(({ name }) => name);
    whole = await client.upload(
      Object.fromEntries(names.map((name) => [`${name}.cc5txt`, fileOf(name, ['good', 'errored', 'parked'])])),
    );
    const family = fileOf('family', ['good', 'errored']);
    others.failed = await client.upload({ 'a.cc5txt': family.replace(/99\|\d+/, '99|77') });
    others.garbled = await client.upload({ 'b.cc5txt': family.replace('03|', '03|zqcanary column|') });
    others.undone = await client.upload({ 'c.cc5txt': family }, { atomicity: 'upload' });
    others.previewed = await client.upload({ 'd.cc5txt': family }, { mode: 'preview' });
    const cancelled = await client.start([await client.putFile('e.cc5txt', family)]);
    await call(`${api.url}/v1/uploads/${cancelled}/cancel`, tenant.headers, 'POST', {});
    others.cancelled = await client.finished(cancelled);
    const records = [{ ...canaryRows(careCloudEntities[0]!).good, disabled: 'zqcanary' }];
    const { entityType } = careCloudEntities[0]!;
    const batch = { EntityType: entityType, Data: records, InstanceId: 'batch-1' };
    refusals.push((await call(`${api.url}/appfile/file/import/data`, tenant.headers, 'POST', batch)).text);
  }

  /** Requests that hold planted values where they do not belong. */
  async function refuseAll(): Promise<void> {
    const word = 'Zqcanarywrong';
    for (const [method, path, body] of [
      ['POST', '/v1/uploads', { files: [{ fileId: word }] }],
      ['POST', '/v1/uploads', { files: word, mode: word, description: [word] }],
      ['POST', '/v1/uploads', `{"ssn": "${word}", `],
      ['POST', '/appfile/file/path', { FileName: `${word}/../x`, EntityType: word }],
      ['POST', '/appfile/file/path', { FileName: 'a', EntityType: word }],
      ['POST', '/appfile/file/import', { FileId: word }],
      ['POST', '/appfile/file/import/data', `{"Data": [{"ssn": "${word}"`],
      ['POST', '/appfile/file/import/data', { EntityType: 'wks_family', Data: [word], FieldMappings: word }],
      ['POST', '/appdata/family/create', { ssn: word }],
      ['GET', `/v1/uploads/${word}`, undefined],
      ['GET', `/v1/entities/${word}/schema`, undefined],
      ['GET', `/v1/uploads?cursor=${word}`, undefined],
      ['GET', `/${word}?ssn=${word}`, undefined],
      ['POST', '/v1/tenants', { name: word }],
    ] as const) {
      const answer = await call(api.url + path, tenant.headers, method, body);
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} answered ${answer.status}: ${answer.text}`);
      refusals.push(answer.text);
    }
  }

  it('are really in records, parked rows and results', async () => {
    assert.equal(whole.status, 'completed', JSON.stringify(whole.failure));
    for (const { name, references } of careCloudEntities) {
      const { read, created, errored, parked } = whole.counts[name]!;
      const waits = references.some(({ soft }) => !soft) ? 1 : 0;
      assert.deepEqual([name, read, errored, parked, created], [name, 3, 1, waits, 2 - waits]);
    }
    const { rows } = await stack.db.raw(
      `SELECT count(*)::int AS records FROM records WHERE tenant_id = ? AND document::text ~* ?`,
      [tenant.tenantId, canaryMark],
    );
    assert.ok(rows[0].records >= careCloudEntities.length, String(rows[0].records));
    const { failed, undone, previewed, cancelled } = others;
    assert.deepEqual([failed?.status, undone?.status, previewed?.status], ['failed', 'failed', 'completed']);
    // It may have been faster than its cancellation.
    assert.match(cancelled!.status, /cancelled|completed/);
  });

  it('are not in the logs', () => {
    for (const [name, child] of Object.entries({ api, worker })) {
      const log = child.output();
      assert.ok(log.length > 1_000, `${name} logs`);
      requireClean(`the log of ${name}`, log);
    }
  });

  it('are not in histories, neither as they are nor decoded', async () => {
    let histories = 0;
    for await (const { workflowId, runId, typedSearchAttributes, memo } of temporal.client.workflow.list()) {
      const text = await historyText(temporal.client, stack.config.payloadKey, { workflowId, runId });
      requireClean(`the history of ${workflowId}`, text + JSON.stringify([typedSearchAttributes, memo]));
      histories += 1;
    }
    assert.ok(histories > Object.keys(others).length, String(histories));
  });

  it('are not in events, in the outbox or on their way', async () => {
    const outbox = await stack.db('events').where({ tenant_id: tenant.tenantId });
    assert.ok(outbox.length > 5);
    requireClean('the outbox', JSON.stringify(outbox));
    assert.ok(listener.events.length > 0);
    requireClean('SNS', JSON.stringify(listener.events));
  });

  it('are not in errors of requests, nor in what is said of failed uploads and rows', async () => {
    refusals.forEach((refusal) => requireClean('an answer', refusal));
    for (const upload of Object.values(others)) requireClean('an upload', JSON.stringify(upload));
    for (const { problems } of await client.rows(whole.uploadId)) requireClean('a row', JSON.stringify(problems));
  });

  it('are not in metrics', async () => {
    const pages = [`${api.url}/metrics`];
    for (const log of [api.output(), worker.output()]) {
      const port = /"metricsPort":(\d+)/.exec(log)?.[1];
      if (port) pages.push(`http://127.0.0.1:${port}/metrics`);
    }
    for (const page of pages) {
      const text = await (await fetch(page)).text();
      requireClean(page, text);
    }
  });
});
