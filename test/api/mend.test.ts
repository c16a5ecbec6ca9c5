import assert from 'node:assert/strict';
import { spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, putFile, type Answer } from './support/client';

describe('an integrator who mends what went wrong', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let worker: SpawnedProcess;
  let tenant: TestTenant;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    worker = await spawnWorker(stack);
    tenant = await freshTenant(stack);
  });
  after(async () => {
    await worker?.stop();
    await api?.stop();
  });

  const get = (path: string): Promise<Answer> => call(`${api.url}/v1/uploads/${path}`, { 'x-api-key': tenant.key });

  async function upload(content: string): Promise<Answer['body']> {
    const fileId = await putFile(api.url, tenant, content);
    const accepted = await call(`${api.url}/v1/uploads`, { 'x-api-key': tenant.key }, 'POST', { files: [{ fileId }] });
    for (;;) {
      const { body } = await get(accepted.body.uploadId);
      if (body.finishedAt) return body;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it('gets the bad lines back as a file, corrects them and sends that', async () => {
    const header = [
      '00|A|cc5|20260115003000|run-1',
      `01|wks_family|${tenant.workspaceId}|${tenant.bucketId}|cc-family|`,
      '02|entityId',
      '03|entityId:string|name:string|email:string|phone:string|address:object|status:string|disabled:bool',
    ].join('\n');
    const row = (id: string, name: string) =>
      `10|${id}|${name}|a@b.example|(205) 555-3969|{"zip":"46204","state":"IN","city":"Indianapolis","address1":"1 Main St"}|active|false|`;
    const first = await upload([header, row('F-1', 'One'), row('F-2', ''), '10|F-3|short', '99|3', ''].join('\n'));
    assert.equal(first.status, 'completed', JSON.stringify(first.failure));
    const { read, created, errored } = first.counts.family;
    assert.deepEqual({ read, created, errored }, { read: 3, created: 1, errored: 2 });
    assert.deepEqual(first.progress.family.validate, { done: 1, total: 1, rows: 3 });

    const { body } = await get(`${first.uploadId}/rows?outcome=errored`);
    assert.deepEqual(
      body.rows.map((found: { rowNo: number; problems: { code: string }[] }) => [found.rowNo, found.problems[0]?.code]),
      [
        [6, 'REQUIRED_MISSING'],
        [7, 'ROW_MALFORMED'],
      ],
    );

    const { text } = await get(`${first.uploadId}/results?format=cc5&entity=family&only=problems`);
    assert.equal(text, [header, row('F-2', ''), '10|F-3|short', '99|2', ''].join('\n'));
    const mended = text.replace(row('F-2', ''), row('F-2', 'Two')).replace('10|F-3|short', row('F-3', 'Three'));
    const second = await upload(mended);
    assert.equal(second.counts.family.created, 2);
    assert.equal(second.counts.family.errored, 0);
  });
});
