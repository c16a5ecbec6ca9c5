import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities } from '../../src/activities';
import { insertFile, insertUploadFiles } from '../../src/db/queries/files';
import { insertUpload } from '../../src/db/queries/uploads';
import { createLogger } from '../../src/platform/logger';
import { createSns } from '../../src/platform/sns';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { sampleDay, sampleEntities } from '../support/cc5-files';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';

/** Tables that an upload writes to; the staging tables are added once they are there. */
const tables = ['upload_files', 'upload_chunks', 'upload_rows', 'commit_pages', 'records', 'parked_rows', 'events'];

describe('every activity, run twice', () => {
  let stack: TestStack;
  let temporal: TemporalConnection;
  let tenant: TestTenant;
  let activities: Activities;
  let uploadId: string;
  let uploadSeq: string;
  const ran = new Set<string>();

  before(async () => {
    stack = await useStack();
    temporal = await createTemporalClient(stack.config);
    tenant = await freshTenant(stack);
    activities = createActivities({
      db: stack.db,
      s3: stack.s3,
      sns: createSns(stack.config.aws),
      temporal: temporal.client,
      logger: createLogger({ level: 'silent', name: 'test' }),
      config: stack.config,
    });
    uploadId = randomUUID();
    uploadSeq = await acceptWithoutWorkflow();
  });

  after(() => temporal.close());

  it('changes nothing the second time, and the upload still comes out right', async function () {
    this.timeout(120_000);
    const ref = { uploadId };
    const { fileNos } = await twice('beginUpload', ref);
    const chunks: { entity: string; index: number }[] = [];
    for (const fileNo of fileNos) {
      const file = await twice('fetchFile', { ...ref, fileNo });
      assert.ok('chunks' in file);
      for (let index = 0; index < file.chunks; index += 1) chunks.push({ entity: file.entity, index });
    }
    for (const chunk of chunks) await twice('stageChunk', { ...ref, ...chunk });
    assert.deepEqual(await twice('requestTurn', ref), { granted: true });
    assert.deepEqual(await twice('planUpload', ref), { status: 'done' });
    assert.deepEqual(await twice('commitUpload', ref), { status: 'done' });
    assert.deepEqual(await twice('settleUpload', ref), { status: 'done' });
    await twice('endUpload', { ...ref, status: 'completed' });
    await new MockActivityEnvironment().run(activities.publishEvents, ref);
    assert.deepEqual(await new MockActivityEnvironment().run(activities.publishEvents, ref), { published: 0 });
    ran.add('publishEvents');

    const [upload] = await stack.db('uploads').where({ upload_id: uploadId });
    assert.equal(upload.status, 'completed');
    assert.equal(upload.counts.family_member.created, 2939);
    assert.equal((await stack.db('records').where({ tenant_id: tenant.tenantId })).length, 7902);
  });

  it('is shown for every activity of an upload', () => {
    const ofUploads = Object.keys(activities).filter((name) => /Upload$|File$|Chunk$|Turn$|Events$/.test(name));
    assert.deepEqual(
      ofUploads.filter((name) => !ran.has(name)),
      [],
    );
  });

  /** Runs an activity two times over; both must give the same, and the second must leave everything as it is. */
  async function twice<Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
  ): Promise<Awaited<ReturnType<Activities[Name]>>> {
    const activity = activities[name] as (argument: unknown) => Promise<Awaited<ReturnType<Activities[Name]>>>;
    const first = (await new MockActivityEnvironment().run(activity, input)) as Awaited<ReturnType<Activities[Name]>>;
    const left = await everything();
    assert.deepEqual(await new MockActivityEnvironment().run(activity, input), first, `${name} answers something else`);
    assert.deepEqual(await everything(), left, `${name} changes something`);
    ran.add(name);
    return first;
  }

  async function everything(): Promise<unknown> {
    const digests: Record<string, unknown> = {};
    const own = tables.map((table) => {
      const filter = table === 'upload_chunks' ? `upload_seq = ${uploadSeq}` : `tenant_id = ${tenant.tenantId}`;
      return { table, filter };
    });
    const { rows: staging } = await stack.db.raw(
      `SELECT format('staging.%I', tablename) AS table FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE ?`,
      [`u${uploadSeq}\\_%`],
    );
    for (const { table, filter } of [
      ...own,
      ...staging.map((row: { table: string }) => ({ ...row, filter: 'true' })),
    ]) {
      const { rows } = await stack.db.raw(
        `SELECT count(*)::int AS rows, md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS digest FROM ${table} t WHERE ${filter}`,
      );
      digests[table] = rows[0];
    }
    const [{ status, step, counts }] = await stack.db('uploads').where({ upload_id: uploadId });
    const [turn] = await stack.db('tenant_turns').where({ tenant_id: tenant.tenantId });
    return { digests, status, step, counts, turn };
  }

  /** As a door does, but without a workflow that would run the activities itself. */
  async function acceptWithoutWorkflow(): Promise<string> {
    const { tenantId } = tenant;
    const day = sampleDay(tenant, 'day1');
    const fileIds: string[] = [];
    for (const entity of sampleEntities) {
      const fileId = randomUUID();
      const objectKey = `uploads/${tenant.workspaceId}/${tenant.bucketId}/${fileId}/${entity}.cc5txt`;
      await stack.s3.send(
        new PutObjectCommand({ Bucket: stack.bucket, Key: objectKey, Body: day[`${entity}.cc5txt`] }),
      );
      await insertFile(stack.db, { ...emptyFile, fileId, tenantId, objectKey, fileName: `${entity}.cc5txt` });
      fileIds.push(fileId);
    }
    const seq = await insertUpload(stack.db, {
      uploadId,
      tenantId,
      source: 'test',
      mode: 'commit',
      atomicity: 'record',
      idempotencyKey: null,
      requestHash: Buffer.alloc(0),
      actionId: null,
      description: null,
    });
    assert.ok(seq);
    await insertUploadFiles(stack.db, { uploadSeq: seq, tenantId, fileIds });
    return seq;
  }
});

const emptyFile = {
  entityType: null,
  folder: null,
  category: null,
  tags: [],
  metadata: {},
  actionId: 'test',
  description: null,
};
