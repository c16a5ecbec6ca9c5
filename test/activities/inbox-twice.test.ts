import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { callActivities, type CalledActivities } from '../support/activities';
import { cc5File } from '../support/cc5-files';
import { InboxParty } from '../support/inbox-party';
import { useStack, type TestStack } from '../support/stack';
import { tenantState } from '../support/tenant-state';
import { freshTenant } from '../support/tenants';

const tables = ['inbox_sweeps', 'inbox_objects', 'files', 'uploads', 'upload_files', 'events'];

describe('every activity of a sweep, run twice', () => {
  let stack: TestStack;
  let temporal: TemporalConnection;
  let activities: CalledActivities;
  let party: InboxParty;

  before(async () => {
    stack = await useStack();
    temporal = await createTemporalClient(stack.config);
    party = new InboxParty(stack, temporal.client, await freshTenant(stack));
    await party.setSettings({ inbox: { settleSeconds: 0 } });
    activities = await callActivities(stack, () =>
      tenantState(stack, party.tenant, { tables, folders: ['inbox', 'uploads'] }),
    );
  });

  after(() => Promise.all([temporal.close(), activities.close()]));

  it('changes nothing the second time', async () => {
    const { tenantId, workspaceId, bucketId } = party.tenant;
    const family = cc5File(party.tenant, 'family', 'entityId|name|disabled:bool', ['F-1|Ruiz|false']);
    await party.drop({ 'a.cc5txt': family, 'b.cc5txt': 'broken', 'gone.cc5txt': family, 'c.part': '' });
    const sweepId = randomUUID();
    const ref = { tenantId, sweepId };
    const scheduledAt = '2026-01-15T08:30:00.000Z';
    const place = { workspaceId, bucketId, sweepId, workflowId: 'test' };
    const opened = await activities.twice('openSweep', { ...place, scheduledAt, startedAt: scheduledAt });
    assert.deepEqual(opened, { tenantId, settleSeconds: 0, lateAt: '2026-01-15T10:45:00Z', missed: false });
    assert.deepEqual(await activities.twice('observeInbox', { tenantId }), { settled: 3, unsettled: 0 });
    const { fileIds } = await activities.twice('claimInbox', ref);
    assert.equal(fileIds.length, 3);
    await party.drop({ 'gone.cc5txt': `${family}changed` });
    const taken = [];
    for (const fileId of fileIds) taken.push(await activities.twice('takeInboxObject', { ...ref, fileId }));
    assert.deepEqual(taken.filter((result) => result.taken).length, 2);
    // It lists what there is while the objects still lie in the inbox, as after a crash.
    assert.deepEqual(await activities.twice('observeInbox', { tenantId }), { settled: 1, unsettled: 0 });
    await activities.twice('acceptInbox', ref);
    await activities.run('clearInbox', { tenantId });
    assert.deepEqual(await activities.twice('clearInbox', { tenantId }), { cleared: 0 });
    assert.deepEqual(await party.names(), ['c.part', 'gone.cc5txt']);
    assert.deepEqual(await activities.twice('countUploadEnds', ref), { completed: 0, failed: 0, unfinished: 2 });
    await activities.twice('reportLate', { ...ref, step: 'upload' });
    const result = await activities.twice('endSweep', { ...ref, status: 'completed', waiting: 1 });
    const counts = { files: 2, uploads: 2, completed: 0, failed: 0, unfinished: 2, waiting: 1 };
    assert.deepEqual(result, { status: 'completed', ...counts, late: true });
    const types = (await party.events('nightly-sync.%')).map(({ event_type: type }) => type);
    assert.deepEqual(types, ['nightly-sync.late', 'nightly-sync.completed']);
  });

  it('is shown for every activity of a sweep', () => {
    assert.deepEqual(activities.notRunTwice(/Sweep$|Inbox|UploadEnds$|Late$/), []);
  });
});
