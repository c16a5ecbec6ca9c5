import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { restartPostgres } from '../support/postgres';
import { spawnWorker } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

describe('local infrastructure', () => {
  let stack: TestStack;

  before(async () => {
    stack = await useStack();
  });

  it('runs the service as a role that row-level security holds for', async () => {
    const result = await stack.db.raw<{ rows: { super: boolean }[] }>(
      `SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user`,
    );
    assert.deepEqual(result.rows, [{ super: false }]);
  });

  it('keeps an object', async () => {
    const place = { Bucket: stack.bucket, Key: `test/${randomUUID()}` };
    await stack.s3.send(new PutObjectCommand({ ...place, Body: 'some bytes' }));
    const read = await stack.s3.send(new GetObjectCommand(place));
    assert.equal(await read.Body?.transformToString(), 'some bytes');
  });

  for (const mode of ['fast', 'immediate'] as const) {
    it(`keeps its data and its address over a ${mode} restart of PostgreSQL`, async () => {
      const tenant = await freshTenant(stack);
      const before = stack.postgres?.child().pid;
      await restartPostgres(stack, mode);
      assert.notEqual(stack.postgres?.child().pid, before);
      const found = await stack.db('tenants').where({ tenant_id: tenant.tenantId }).select('workspace_id');
      assert.deepEqual(found, [{ workspace_id: tenant.workspaceId }]);
    });
  }

  it('starts a worker that can be killed like any process', async () => {
    const worker = await spawnWorker(stack);
    assert.match(worker.output(), /worker ready/);
    await worker.kill('SIGKILL');
    assert.equal(await worker.exited, 'signal SIGKILL');
  });
});
