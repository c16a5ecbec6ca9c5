import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities, type Activities } from '../../src/activities';
import { createLogger } from '../../src/platform/logger';
import { createSns } from '../../src/platform/sns';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { cc5File } from '../support/cc5-files';
import { InboxParty } from '../support/inbox-party';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

const tables = ['inbox_sweeps', 'inbox_objects', 'files', 'uploads', 'upload_files', 'events'];

describe('every activity of a sweep, run twice', () => {
  let stack: TestStack;
  let temporal: TemporalConnection;
  let activities: Activities;
  let party: InboxParty;
  const ran = new Set<string>();

  before(async () => {
    stack = await useStack();
    temporal = await createTemporalClient(stack.config);
    party = new InboxParty(stack, temporal.client, await freshTenant(stack));
    await party.setSettings({ inbox: { settleSeconds: 0 } });
    activities = createActivities({
      db: stack.db,
      s3: stack.s3,
      sns: createSns(stack.config.aws),
      temporal: temporal.client,
      logger: createLogger({ level: 'silent', name: 'test' }),
      config: stack.config,
    });
  });

  after(() => temporal.close());

  it('changes nothing the second time', async () => {
    const { tenantId, workspaceId, bucketId } = party.tenant;
    const family = cc5File(party.tenant, 'family', 'entityId|name|disabled:bool', ['F-1|Ruiz|false']);
    await party.drop({ 'a.cc5txt': family, 'b.cc5txt': 'broken', 'gone.cc5txt': family, 'c.part': '' });
    const sweepId = randomUUID();
    const ref = { tenantId, sweepId };
    const scheduledAt = '2026-01-15T08:30:00.000Z';
    const place = { workspaceId, bucketId, sweepId, workflowId: 'test' };
    const opened = await twice('openSweep', { ...place, scheduledAt, startedAt: scheduledAt });
    assert.deepEqual(opened, { tenantId, settleSeconds: 0, lateAt: '2026-01-15T10:45:00Z', missed: false });
    assert.deepEqual(await twice('observeInbox', { tenantId }), { settled: 3, unsettled: 0 });
    const { fileIds } = await twice('claimInbox', ref);
    assert.equal(fileIds.length, 3);
    await party.drop({ 'gone.cc5txt': `${family}changed` });
    const taken = [];
    for (const fileId of fileIds) taken.push(await twice('takeInboxObject', { ...ref, fileId }));
    assert.deepEqual(taken.filter((result) => result.taken).length, 2);
    // It lists what there is while the objects still lie in the inbox, as after a crash.
    assert.deepEqual(await twice('observeInbox', { tenantId }), { settled: 1, unsettled: 0 });
    assert.equal((await twice('acceptInbox', ref)).uploadIds.length, 2);
    await new MockActivityEnvironment().run(activities.clearInbox, { tenantId });
    assert.deepEqual(await twice('clearInbox', { tenantId }), { cleared: 0 });
    assert.deepEqual(await party.names(), ['c.part', 'gone.cc5txt']);
    assert.deepEqual(await twice('countUploadEnds', ref), { completed: 0, failed: 0, unfinished: 2 });
    await twice('reportLate', { ...ref, step: 'upload' });
    const result = await twice('endSweep', { ...ref, status: 'completed', waiting: 1 });
    const counts = { files: 2, uploads: 2, completed: 0, failed: 0, unfinished: 2, waiting: 1 };
    assert.deepEqual(result, { status: 'completed', ...counts, late: true });
    const types = (await party.events('nightly-sync.%')).map(({ event_type: type }) => type);
    assert.deepEqual(types, ['nightly-sync.late', 'nightly-sync.completed']);
  });

  it('is shown for every activity of a sweep', () => {
    const ofSweeps = Object.keys(activities).filter((name) => /Sweep$|Inbox|UploadEnds$|Late$/.test(name));
    assert.deepEqual(
      ofSweeps.filter((name) => !ran.has(name)),
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

  /** Rows of the tenant in every table, and its objects. */
  async function everything(): Promise<unknown> {
    const { tenantId, workspaceId, bucketId } = party.tenant;
    const digests: Record<string, unknown> = {};
    for (const table of tables) {
      const { rows } = await stack.db.raw(
        `SELECT count(*)::int AS rows, md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS digest
           FROM ${table} t WHERE tenant_id = ?`,
        [tenantId],
      );
      digests[table] = rows[0];
    }
    const keys: unknown[] = [];
    for (const folder of ['inbox', 'uploads']) {
      const Prefix = `${folder}/${workspaceId}/${bucketId}/`;
      const listed = await stack.s3.send(new ListObjectsV2Command({ Bucket: stack.bucket, Prefix }));
      keys.push((listed.Contents ?? []).map(({ Key, ETag, LastModified }) => [Key, ETag, LastModified]));
    }
    return { digests, keys };
  }
});
