import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { acrossTenants } from '../../src/db/scope';
import { restartAcceptedUploads, startUpload } from '../../src/doors/start-upload';
import { uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, putFile } from './support/client';

describe('POST and GET /v1/uploads', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;
  let fileId: string;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
    fileId = await putFile(api.url, tenant, '00|A');
  });
  after(() => api?.stop());

  const post = (body: unknown, key?: string) =>
    call(
      `${api.url}/v1/uploads`,
      { 'x-api-key': tenant.key, ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
      'POST',
      body,
    );
  const get = (path: string, key = tenant.key) => call(`${api.url}/v1/uploads${path}`, { 'x-api-key': key });

  it('accept an upload of several files, with its event and its workflow', async () => {
    const second = await putFile(api.url, tenant, '00|B', 'second.cc5txt');
    const answer = await post({ files: [{ fileId: second }, { fileId }], mode: 'preview', description: 'nightly' });
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('location'), `/v1/uploads/${answer.body.uploadId}`);
    assert.deepEqual(
      answer.body.files.map((file: { fileId: string }) => file.fileId),
      [second, fileId],
    );
    const { uploadId, status, mode, atomicity, source, counts, failure, finishedAt } = answer.body;
    assert.deepEqual(
      { status, mode, atomicity, source, counts, failure, finishedAt },
      {
        status: 'accepted',
        mode: 'preview',
        atomicity: 'record',
        source: 'api',
        counts: {},
        failure: null,
        finishedAt: null,
      },
    );
    const [event] = await stack
      .db('events')
      .where({ tenant_id: tenant.tenantId })
      .whereRaw(`body ->> 'uploadId' = ?`, [uploadId]);
    assert.equal(event.event_type, 'upload.accepted');
    assert.deepEqual(event.body, { uploadId, files: 2, source: 'api' });
    assert.ok(await api.deps.temporal.workflow.getHandle(uploadWorkflowId(uploadId)).describe());
    assert.deepEqual((await get(`/${uploadId}`)).body, answer.body);
  });

  it('make one upload of many requests with the same key at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ files: [{ fileId }] }, key)));
    assert.equal(new Set(answers.map((answer) => answer.body.uploadId)).size, 1);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 200, 200, 200, 200, 200, 200, 202]);
    const replay = answers.find((answer) => answer.status === 200);
    assert.equal(replay?.headers.get('idempotency-replayed'), 'true');
  });

  it('refuse a key that was used for another request, naming its upload', async () => {
    const key = randomUUID();
    const first = await post({ files: [{ fileId }] }, key);
    const answer = await post({ files: [{ fileId }], mode: 'preview' }, key);
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'IDEMPOTENCY_CONFLICT']);
    assert.equal(answer.body.error.details.uploadId, first.body.uploadId);
  });

  it('keep the keys of two tenants apart', async () => {
    const key = randomUUID();
    const other = await freshTenant(stack);
    const otherFile = await putFile(api.url, other, '00|A');
    const mine = await post({ files: [{ fileId }] }, key);
    const theirs = await call(`${api.url}/v1/uploads`, { 'x-api-key': other.key, 'Idempotency-Key': key }, 'POST', {
      files: [{ fileId: otherFile }],
    });
    assert.equal(theirs.status, 202);
    assert.notEqual(theirs.body.uploadId, mine.body.uploadId);
    assert.equal((await get(`/${mine.body.uploadId}`, other.key)).status, 404);
    const borrowed = await call(`${api.url}/v1/uploads`, { 'x-api-key': other.key }, 'POST', { files: [{ fileId }] });
    assert.deepEqual([borrowed.status, borrowed.body.error.code], [404, 'FILE_NOT_FOUND']);
  });

  for (const [what, body] of Object.entries({
    'no files': {},
    'an empty list of files': { files: [] },
    'what is no id': { files: [{ fileId: 'x' }] },
    'an unknown mode': { files: [{ fileId: randomUUID() }], mode: 'later' },
    'a field that does not exist': { files: [{ fileId: randomUUID() }], atomic: true },
    'JSON that is none': '{"files":',
    'a body that is no object': '[]',
  })) {
    it(`refuse ${what}`, async () => {
      const answer = await post(body);
      assert.deepEqual([answer.status, answer.body.error.code], [400, 'INVALID_REQUEST']);
      assert.equal(answer.body.error.requestId, answer.headers.get('x-request-id'));
    });
  }

  it('refuse a file that is named twice', async () => {
    assert.equal((await post({ files: [{ fileId }, { fileId: fileId.toUpperCase() }] })).status, 400);
  });

  it('refuse a body over 1 MB', async () => {
    const answer = await post({ files: [{ fileId }], description: 'x'.repeat(1_100_000) });
    assert.deepEqual([answer.status, answer.body.error.code], [413, 'BATCH_TOO_LARGE']);
  });

  it('list newest first, page by page', async () => {
    const lister = await freshTenant(stack);
    const file = await putFile(api.url, lister, '00|A');
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const { body } = await call(`${api.url}/v1/uploads`, { 'x-api-key': lister.key }, 'POST', {
        files: [{ fileId: file }],
      });
      made.unshift(body.uploadId);
    }
    const listed: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await get(`?limit=2&cursor=${cursor}`, lister.key);
      listed.push(...body.uploads.map((upload: { uploadId: string }) => upload.uploadId));
      cursor = body.nextCursor;
    }
    assert.deepEqual(listed, made);
    assert.deepEqual((await get('?status=failed,completed', lister.key)).body.uploads, []);
  });

  for (const [query, status, code] of [
    ['?status=odd', 400, 'INVALID_REQUEST'],
    ['?limit=0', 400, 'INVALID_REQUEST'],
    ['?limit=1001', 413, 'BATCH_TOO_LARGE'],
    ['?cursor=abc', 400, 'INVALID_REQUEST'],
  ] as const) {
    it(`refuse the list with ${query}`, async () => {
      const answer = await get(query);
      assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
    });
  }

  it('show how far the steps are', async () => {
    const { body } = await post({ files: [{ fileId }] });
    const { upload_seq: seq } = await stack.db('uploads').where({ upload_id: body.uploadId }).first();
    const chunk = { upload_seq: seq, file_no: 1, byte_from: 0, byte_to: 1, first_line: 5, row_count: 10 };
    await stack.db('upload_files').where({ upload_seq: seq }).update({ entity: 'family', row_count: 20 });
    await stack.db('upload_chunks').insert([
      { ...chunk, chunk_no: 0 },
      { ...chunk, chunk_no: 1 },
    ]);
    const progress = async () => (await get(`/${body.uploadId}`)).body.progress.family;
    assert.deepEqual((await progress()).validate, { done: 0, total: 2, rows: 0 });

    const table = `staging.u${seq}_chunks`;
    await stack.db.raw(`CREATE TABLE ${table} (file_no smallint, chunk_no int, entity text, row_count int)`);
    await stack.db.raw(`INSERT INTO ${table} VALUES (1, 0, 'family', 10)`);
    assert.deepEqual((await progress()).validate, { done: 1, total: 2, rows: 10 });

    await stack.db.raw(`DROP TABLE ${table}`);
    await stack.db('uploads').where({ upload_seq: seq }).update({ status: 'running', step: 'commit' });
    const page = {
      upload_seq: seq,
      entity: 'family',
      tenant_id: tenant.tenantId,
      file_no: 1,
      from_row: 5,
    };
    await stack.db('commit_pages').insert([
      { ...page, page_no: 0, to_row: 9, row_count: 5, committed_at: new Date() },
      { ...page, page_no: 1, to_row: 20, row_count: 6 },
    ]);
    assert.deepEqual(await progress(), {
      validate: { done: 2, total: 2, rows: 20 },
      commit: { done: 1, total: 2, rows: 5 },
    });
  });

  it('cancel an upload that is under way, and only that', async () => {
    const { body } = await post({ files: [{ fileId }] });
    const cancel = () => call(`${api.url}/v1/uploads/${body.uploadId}/cancel`, { 'x-api-key': tenant.key }, 'POST');
    assert.equal((await cancel()).status, 202);
    await stack
      .db('uploads')
      .where({ upload_id: body.uploadId })
      .update({ status: 'cancelled', finished_at: new Date() });
    const late = await cancel();
    assert.deepEqual([late.status, late.body.error.code], [409, 'UPLOAD_FINISHED']);
  });

  it('accept an upload while Temporal is away, and start it afterwards', async () => {
    const away = {
      withDeadline: () => Promise.reject(new Error('unavailable')),
    } as unknown as Client;
    const { uploadId } = await startUpload(
      { ...api.deps, temporal: away },
      { tenantId: tenant.tenantId, source: 'api', mode: 'commit', atomicity: 'record', fileIds: [fileId] },
    );
    const handle = api.deps.temporal.workflow.getHandle(uploadWorkflowId(uploadId));
    await assert.rejects(() => handle.describe());
    await stack
      .db('uploads')
      .where({ upload_id: uploadId })
      .update({ accepted_at: new Date(Date.now() - 60_000) });
    assert.ok((await acrossTenants(() => restartAcceptedUploads(api.deps))) >= 1);
    assert.equal((await handle.describe()).type, 'uploadWorkflow');
  });
});
