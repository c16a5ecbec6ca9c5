import assert from 'node:assert/strict';
import type { ReportedProblem } from '../../src/domain/problems';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, putFile } from './support/client';

const header = '00|A|cc5|2026|r\n01|wks_family|w|b|cc-family|\n02|entityId\n03|entityId:string|name:string\n';
const source = `${header}10|=F-1|One|\n10|F-2|Two|\n10|only\n10|F-4|Four|\n90|F-5\n99|5\n`;

const problem = (code: string, severity: ReportedProblem['severity']): ReportedProblem => ({
  code,
  field: 'name',
  severity,
  message: `A "quoted", message \\ of ${code}`,
});

describe('rows and results of an upload', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let uploadId: string;
  let uploadSeq: string;
  let fileId: string;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
    fileId = await putFile(api.url, tenant, source, 'families.cc5txt');
    const { body } = await call(`${api.url}/v1/uploads`, { 'x-api-key': tenant.key }, 'POST', { files: [{ fileId }] });
    uploadId = body.uploadId;
    ({ upload_seq: uploadSeq } = await stack.db('uploads').where({ upload_id: uploadId }).first());
    await stack.db('upload_files').where({ upload_seq: uploadSeq }).update({ entity: 'family' });
    const row = { upload_seq: uploadSeq, tenant_id: tenant.tenantId, entity: 'family', file_no: 1 };
    await stack.db('upload_rows').insert(
      [
        { ...row, row_no: 5, entity_id: '=F-1', outcome: 'created', problems: [problem('NAME_MISMATCH', 'warning')] },
        { ...row, row_no: 6, entity_id: 'F-2', outcome: 'created', problems: null },
        { ...row, row_no: 7, entity_id: null, outcome: 'errored', problems: [problem('ROW_MALFORMED', 'error')] },
        {
          ...row,
          row_no: 8,
          entity_id: 'F-4',
          outcome: 'parked',
          problems: [problem('REFERENCE_UNRESOLVED', 'parked')],
        },
        { ...row, row_no: 9, entity_id: 'F-5', outcome: 'deleted', problems: null },
        { ...row, file_no: 0, row_no: 1, entity_id: 'F-0', outcome: 'created', problems: null },
      ].map((values) => ({ ...values, problems: values.problems && JSON.stringify(values.problems) })),
    );
  });
  after(() => api?.stop());

  const get = (path: string, key = tenant.key) =>
    call(`${api.url}/v1/uploads/${uploadId}${path}`, { 'x-api-key': key });
  const rowNumbers = async (query: string): Promise<number[]> =>
    (await get(`/rows${query}`)).body.rows.map((row: { rowNo: number }) => row.rowNo);

  it('are not there before the upload has finished', async () => {
    const answer = await get('/results');
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'RESULTS_NOT_READY']);
    const counts = JSON.stringify({ family: { read: 5 } });
    await stack
      .db('uploads')
      .where({ upload_id: uploadId })
      .update({ status: 'completed', counts, finished_at: new Date() });
  });

  it('list the rows of its own files in order', async () => {
    const { body } = await get('/rows');
    assert.deepEqual(
      body.rows.map((row: { rowNo: number }) => row.rowNo),
      [5, 6, 7, 8, 9],
    );
    assert.deepEqual(body.rows[2], {
      entity: 'family',
      fileId,
      rowNo: 7,
      entityId: null,
      outcome: 'errored',
      problems: [problem('ROW_MALFORMED', 'error')],
    });
    assert.equal(body.nextCursor, null);
  });

  for (const [query, expected] of [
    ['?outcome=errored,parked', [7, 8]],
    ['?outcome=deleted', [9]],
    ['?code=NAME_MISMATCH', [5]],
    ['?code=NAME_MISMATCH&outcome=errored', []],
    ['?entity=family&outcome=created', [5, 6]],
    ['?entity=care', []],
  ] as const) {
    it(`filter with ${query}`, async () => assert.deepEqual(await rowNumbers(query), expected));
  }

  it('page without skipping or repeating', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await get(`/rows?limit=2&cursor=${cursor}`);
      seen.push(...body.rows.map((row: { rowNo: number }) => row.rowNo));
      cursor = body.nextCursor;
    }
    assert.deepEqual(seen, [5, 6, 7, 8, 9]);
  });

  for (const [query, field] of [
    ['?outcome=odd', 'outcome'],
    ['?entity=dog', 'entity'],
    ['?code=NOPE', 'code'],
    ['?cursor=W10', 'cursor'],
    ['?limit=x', 'limit'],
  ] as const) {
    it(`refuse ${query} by name`, async () => {
      const { status, body } = await get(`/rows${query}`);
      assert.deepEqual([status, body.error.code, body.error.field], [400, 'INVALID_REQUEST', field]);
    });
  }

  it('tell what became of a parked row', async () => {
    await stack.db('parked_rows').insert({
      tenant_id: tenant.tenantId,
      entity: 'family',
      entity_id: 'F-4',
      upload_seq: uploadSeq,
      file_no: 1,
      row_no: 8,
      document: '{}',
      content_hash: Buffer.alloc(1),
      disabled: false,
      columns: '{}',
    });
    assert.equal((await get('/rows?outcome=parked')).body.rows[0].settlement, undefined);
    const at = new Date();
    await stack
      .db('parked_rows')
      .where({ upload_seq: uploadSeq })
      .update({ state: 'released', outcome: 'created', settled_at: at, settled_by: uploadSeq });
    assert.deepEqual((await get('/rows?outcome=parked')).body.rows[0].settlement, {
      state: 'released',
      outcome: 'created',
      uploadId,
      at: at.toISOString(),
    });
  });

  it('come as csv whose cells are no formulas', async () => {
    const { headers, text } = await get('/results');
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
    const lines = text.split('\n');
    assert.equal(lines[0], 'entity,file,rowNo,entityId,outcome,codes,fields,messages');
    assert.equal(
      lines[1],
      `family,families.cc5txt,5,'=F-1,created,NAME_MISMATCH,name,"A ""quoted"", message \\ of NAME_MISMATCH"`,
    );
    assert.equal(lines[2], 'family,families.cc5txt,6,F-2,created,,,');
    assert.equal(lines.length, 7);
  });

  it('come as ndjson, all or only those with problems', async () => {
    const { text } = await get('/results?format=ndjson&only=problems');
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map((row) => row.rowNo),
      [5, 7, 8],
    );
    assert.deepEqual(rows[1].problems, [problem('ROW_MALFORMED', 'error')]);
  });

  it('come as a sync file to mend and upload again', async () => {
    const { text, headers } = await get('/results?format=cc5&entity=family&only=problems');
    assert.equal(text, `${header}10|=F-1|One|\n10|only\n10|F-4|Four|\n99|3\n`);
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename=.*\.cc5txt$/);
    assert.equal((await get('/results?format=cc5&entity=family')).text, source);
  });

  it('need the entity for a sync file', async () => {
    assert.equal((await get('/results?format=cc5')).body.error.field, 'entity');
    assert.equal((await get('/results?format=cc5&entity=care')).status, 404);
    assert.equal((await get('/results?format=xlsx')).body.error.field, 'format');
  });

  it('do not come from a file that was written over', async () => {
    await stack.db('upload_files').where({ upload_seq: uploadSeq }).update({ etag: '"0123"' });
    const answer = await get('/results?format=cc5&entity=family');
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'FILE_NOT_FOUND']);
  });

  it('survive readers who leave half-way', async () => {
    await stack.db.raw(
      `INSERT INTO upload_rows SELECT ?, 'family', 2, n, ?, repeat('x', 300), 'created', NULL FROM generate_series(1, 60000) n`,
      [uploadSeq, tenant.tenantId],
    );
    await stack.db('upload_files').insert({
      upload_seq: uploadSeq,
      file_no: 2,
      file_id: fileId,
      tenant_id: tenant.tenantId,
      object_key: 'x',
      entity: 'family',
    });
    for (let i = 0; i < 15; i += 1) {
      const leave = new AbortController();
      const response = await fetch(`${api.url}/v1/uploads/${uploadId}/results`, {
        headers: { 'x-api-key': tenant.key },
        signal: leave.signal,
      });
      if (response.status === 429) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      await response.body?.getReader().read();
      leave.abort();
    }
    assert.equal((await get('/results')).text.split('\n').length, 60_007);
  });

  it("are not another tenant's to see", async () => {
    const other = await freshTenant(stack);
    assert.equal((await get('/rows', other.key)).status, 404);
    assert.equal((await get('/results', other.key)).status, 404);
  });
});
