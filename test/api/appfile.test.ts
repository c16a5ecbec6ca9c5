import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call, putFile } from './support/client';

describe('the file upload of CareCloud', () => {
  let stack: TestStack;
  let api: ApiUnderTest;
  let tenant: TestTenant;

  before(async function () {
    this.timeout(180_000);
    stack = await useStack();
    api = await startApi(stack);
    tenant = await freshTenant(stack);
  });
  after(() => api?.stop());

  const post = (path: string, body: unknown, headers = tenant.headers) =>
    call(`${api.url}${path}`, headers, 'POST', body);

  it('gives a place, takes the file by plain PUT and imports it', async () => {
    const placed = await post('/appfile/file/path', {
      WorkspaceId: tenant.workspaceId,
      BucketId: tenant.bucketId,
      EntityType: 'wks_family',
      FileName: 'family.cc5txt',
      ActionId: 'run-1',
    });
    assert.equal(placed.status, 200);
    const { data } = placed.body;
    assert.equal(data.actionId, 'run-1');
    assert.equal(data.file.fileId, data.fileId);
    assert.equal(data.file.status, 'Pending');
    assert.match(data.filePath, new RegExp(`^//${stack.bucket}/uploads/${tenant.workspaceId}/${tenant.bucketId}/`));
    assert.equal(new URL(data.url).searchParams.get('X-Amz-Expires'), '900');

    const early = await post('/appfile/file/import', { FileId: data.fileId, FileType: 'cc5' });
    assert.deepEqual([early.status, early.body.responseStatus.errorCode], [404, 'FILE_NOT_FOUND']);

    assert.equal((await fetch(data.url, { method: 'PUT', body: '00|A' })).status, 200);
    const request = { ActionId: 'run-1', FileType: 'cc5', FileId: data.fileId, FilePath: data.filePath };
    const [first, second] = await Promise.all([1, 2].map(() => post('/appfile/file/import', request)));
    assert.equal(first?.status, 200);
    assert.equal(first?.body.isSuccess, true);
    assert.equal(first?.body.data.file.status, 'Processing');
    assert.equal(second?.body.data.uploadId, first?.body.data.uploadId, 'a retry is the same upload');

    const handle = api.deps.temporal.workflow.getHandle(uploadWorkflowId(first?.body.data.uploadId));
    assert.equal((await handle.describe()).type, 'uploadWorkflow');
    const polled = await call(`${api.url}/appfile/file/${data.fileId}`, tenant.headers);
    assert.equal(polled.body.data.file.status, 'Processing');
  });

  it('reads field names in any case', async () => {
    const placed = await post('/appfile/file/path', { fileNAME: 'x.cc5txt', actionid: 'a' });
    assert.equal(placed.body.data.actionId, 'a');
  });

  it('imports again under another ActionId', async () => {
    const fileId = await putFile(api.url, tenant, '00|A');
    const [one, two] = await Promise.all(
      ['a', 'b'].map((ActionId) => post('/appfile/file/import', { FileId: fileId, ActionId })),
    );
    assert.notEqual(one?.body.data.uploadId, two?.body.data.uploadId);
  });

  it('shows how an upload ended', async () => {
    const fileId = await putFile(api.url, tenant, '00|A');
    const { body } = await post('/appfile/file/import', { FileId: fileId });
    const end = (values: Record<string, unknown>) =>
      stack.db('uploads').where({ upload_id: body.data.uploadId }).update(values);
    const show = async () => (await call(`${api.url}/appfile/file/${fileId}`, tenant.headers)).body.data.file;

    const failure = { code: 'FILE_EMPTY', message: 'The file is empty.', line: 1 };
    await end({ status: 'failed', failure: JSON.stringify(failure) });
    const failed = await show();
    assert.deepEqual([failed.status, failed.errorCode, failed.line], ['Failed', 'FILE_EMPTY', 1]);

    await stack.db('upload_files').where({ file_id: fileId }).update({ entity: 'family' });
    await end({
      status: 'completed',
      failure: null,
      counts: JSON.stringify({ family: { read: 3, errored: 1, parked: 2 } }),
    });
    const completed = await show();
    assert.deepEqual([completed.status, completed.counts.errored, completed.counts.parked], ['Success', 1, 2]);
  });

  for (const [what, fields, code, field] of [
    ['no file name', {}, 'INVALID_REQUEST', 'FileName'],
    ['a path in its name', { FileName: '../x.cc5txt' }, 'INVALID_REQUEST', 'FileName'],
    ['a name of dots', { FileName: '..' }, 'INVALID_REQUEST', 'FileName'],
    ['a control character in its name', { FileName: 'a\u0000b' }, 'INVALID_REQUEST', 'FileName'],
    ['a very long name', { FileName: 'a'.repeat(201) }, 'INVALID_REQUEST', 'FileName'],
    ['an unknown entity type', { FileName: 'a', EntityType: 'wks_dog' }, 'FILE_ENTITY_UNKNOWN', 'EntityType'],
    ['another workspace', { FileName: 'a', WorkspaceId: 'other' }, 'FORBIDDEN', 'WorkspaceId'],
    ['another bucket', { FileName: 'a', BucketId: 'other' }, 'FORBIDDEN', 'BucketId'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { body } = await post('/appfile/file/path', fields);
      assert.equal(body.isSuccess, false);
      assert.equal(body.responseStatus.errorCode, code);
      assert.equal(body.responseStatus.errors[0].fieldName, field);
    });
  }

  it("does not know another tenant's file", async () => {
    const fileId = await putFile(api.url, tenant, '00|A');
    const other = await freshTenant(stack);
    for (const id of [fileId, randomUUID(), 'x']) {
      const answer = await call(`${api.url}/appfile/file/${id}`, other.headers);
      assert.deepEqual([answer.status, answer.body.responseStatus.errorCode], [404, 'NOT_FOUND']);
    }
    assert.equal((await post('/appfile/file/import', { FileId: fileId }, other.headers)).status, 404);
  });

  for (const [method, verb] of [
    ['POST', 'create'],
    ['PUT', 'update'],
    ['POST', 'update'],
    ['DELETE', 'delete'],
    ['POST', 'delete'],
  ] as const) {
    it(`does not let ${method} /appdata/family/${verb} write one entity`, async () => {
      const answer = await call(`${api.url}/appdata/family/${verb}`, tenant.headers, method, {});
      assert.deepEqual(
        [answer.status, answer.body.responseStatus.errorCode],
        [403, 'SINGLE_ENTITY_UPLOAD_NOT_PERMITTED'],
      );
    });
  }
});
