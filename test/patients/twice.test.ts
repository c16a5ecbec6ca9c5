import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { listSweepUploads } from '../../src/db/queries/inbox-sweeps';
import { reserveResultsKey } from '../../src/db/queries/patient-imports';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { callActivities, type CalledActivities } from '../support/activities';
import { PatientParty } from '../support/patient-party';
import { useStack, type TestStack } from '../support/stack';
import { tenantState } from '../support/tenant-state';
import { freshTenant } from '../support/tenants';

const tables = [
  'inbox_sweeps',
  'inbox_objects',
  'files',
  'upload_files',
  'upload_rows',
  'commit_pages',
  'records',
  'patient_keys',
  'events',
];

describe('every activity of a patient import, run twice', () => {
  let stack: TestStack;
  let temporal: TemporalConnection;
  let activities: CalledActivities;
  let party: PatientParty;

  before(async () => {
    stack = await useStack();
    temporal = await createTemporalClient(stack.config);
    party = new PatientParty(stack, temporal.client, await freshTenant(stack));
    await party.setSettleSeconds(0);
    activities = await callActivities(stack, () =>
      tenantState(stack, party.tenant, { tables, folders: ['sftp', 'uploads'] }),
    );
  });

  after(() => Promise.all([temporal.close(), activities.close()]));

  it('changes nothing the second time', async () => {
    const { tenantId, workspaceId, bucketId } = party.tenant;
    const header = 'First Name,Last Name,Birthday,Gender,EHR ID,Notes\n';
    const rows = [
      'Ana,Ruiz,2/3/1950,F,E-1,first',
      'Bo,Lee,1951-01-01,M,,',
      'Cy,,1951-01-01,M,,',
      'ANA,Ruíz,2/3/1950,F,,',
    ];
    await party.drop({ 'a.csv': `${header}${rows.join('\n')}\n`, 'b.csv': '', 'c.csv.part': '' });
    const sweepId = randomUUID();
    const ref = { tenantId, sweepId };
    const scheduledAt = '2026-01-15T08:00:00.000Z';
    const place = { workspaceId, bucketId, sweepId, workflowId: 'test' };
    await activities.twice('openSweep', { ...place, scheduledAt, startedAt: scheduledAt });
    const folder = { tenantId, door: 'patients' } as const;
    assert.deepEqual(await activities.twice('observeInbox', folder), { settled: 2, unsettled: 0 });
    assert.deepEqual(await activities.run('claimInbox', ref), { fileIds: [] }, 'the inbox is another folder');
    const { fileIds } = await activities.twice('claimInbox', { ...ref, ...folder });
    assert.equal(fileIds.length, 2);
    for (const fileId of fileIds) await activities.twice('takeInboxObject', { ...ref, fileId });
    await activities.twice('acceptInbox', ref);
    const uploadIds = await uploadsOf(sweepId);
    assert.equal(uploadIds.length, 2);
    assert.deepEqual(await activities.run('clearInbox', { tenantId }), { cleared: 0 });
    assert.deepEqual(await activities.twice('listDueResults', { tenantId }), { fileIds: [], unfinished: 2 });

    for (const uploadId of uploadIds) await upload(uploadId);
    const due = await activities.twice('listDueResults', { tenantId });
    assert.deepEqual([due.fileIds.length, due.unfinished], [2, 0]);
    const completed: boolean[] = [];
    for (const fileId of due.fileIds) {
      await assert.rejects(activities.run('clearPatientFile', { ...ref, fileId }), /are not written/);
      completed.push((await activities.twice('writePatientResults', { ...ref, fileId })).completed);
      await activities.twice('clearPatientFile', { ...ref, fileId });
    }
    assert.deepEqual(completed.sort(), [false, true]);
    await activities.twice('endPatientImport', { ...ref, status: 'completed' });

    assert.deepEqual(await party.names('pending'), ['c.csv.part']);
    const [good, empty] = await party.names('results');
    assert.deepEqual(
      (await party.readResults(good!)).split('\r\n').map((line) => line.split(',').slice(4).join(',')),
      [
        'EHR ID,Notes,Result,Messages',
        'E-1,first,Created,DUPLICATE_IN_FILE: The same patient stands in line 5 of this file too.',
        ',,Created,',
        ',,Errored,REQUIRED_MISSING: Last Name is required and is empty.',
        ',,Created,DUPLICATE_IN_FILE: The same patient stands in line 2 of this file too.',
        '',
      ],
    );
    assert.match(await party.readResults(empty!), /^Result,Messages\r\nErrored,.*FILE_EMPTY: The file is empty/);
    const events = await party.events();
    assert.deepEqual(events.map(({ event_type: type, body }) => [type, body.counts]).sort(), [
      ['patient-import.completed', { created: 3, updated: 0, errored: 1 }],
      ['patient-import.failed', { created: 0, updated: 0, errored: 0 }],
    ]);
  });

  async function uploadsOf(sweepId: string): Promise<string[]> {
    return (await listSweepUploads(stack.db, sweepId)).map(({ uploadId }) => uploadId);
  }

  /** An upload's own activities, as its workflow runs them. */
  async function upload(uploadId: string): Promise<void> {
    const ref = { uploadId };
    await activities.run('beginUpload', ref);
    const fetched = await activities.twice('fetchFile', { ...ref, fileNo: 1 });
    if ('failure' in fetched) {
      const { failure } = fetched;
      await activities.run('endUpload', { ...ref, status: 'failed', failure });
      return;
    }
    assert.deepEqual(fetched, { entity: 'patient', chunks: 1, rows: 4 });
    assert.deepEqual(await activities.twice('stageChunk', { ...ref, entity: 'patient', index: 0 }), { rows: 4 });
    await activities.run('requestTurn', ref);
    assert.deepEqual(await activities.twice('planUpload', ref), { status: 'done' });
    assert.deepEqual(await activities.twice('commitUpload', ref), { status: 'done' });
    assert.deepEqual(await activities.twice('settleUpload', ref), { status: 'done' });
    await activities.run('endUpload', { ...ref, status: 'completed' });
  }

  it('says of rows that an upload which ended early did not come to that they are not in', async () => {
    const { tenantId } = party.tenant;
    const ref = { tenantId, sweepId: randomUUID() };
    const folder = { tenantId, door: 'patients' } as const;
    const row = 'Dee,Cho,2/3/1950,F';
    await party.drop({ 'early.csv': `First Name,Last Name,Birthday,Gender\n${row}\n${row}\nEd,Cho,x,F\n` });
    await activities.run('observeInbox', folder);
    const { fileIds } = await activities.run('claimInbox', { ...ref, ...folder });
    await activities.run('takeInboxObject', { ...ref, fileId: fileIds[0]! });
    await activities.run('acceptInbox', ref);
    const [uploadId] = await uploadsOf(ref.sweepId);
    const upload = { uploadId: uploadId! };
    await activities.run('beginUpload', upload);
    await activities.run('fetchFile', { ...upload, fileNo: 1 });
    await activities.run('stageChunk', { ...upload, entity: 'patient', index: 0 });
    await activities.run('planUpload', upload);
    const failure = { code: 'UPLOAD_CANCELLED', message: 'cancelled' };
    await activities.run('endUpload', { ...upload, status: 'cancelled', failure });
    const file = { ...ref, fileId: fileIds[0]! };
    // An attempt that was given up and goes on does not decide anew.
    const place = `decided/${randomUUID()}/early.csv`;
    assert.ok(await reserveResultsKey(stack.db, file.fileId, place));
    assert.ok(!(await reserveResultsKey(stack.db, file.fileId, `${place}2`)));
    assert.ok(await reserveResultsKey(stack.db, file.fileId, place));
    await stack.db('inbox_objects').where({ file_id: file.fileId }).update({ results_key: null });
    assert.deepEqual(await activities.run('writePatientResults', file), { completed: false });
    const name = (await party.names('results')).find((each) => each.endsWith('early.csv'))!;
    const lines = (await party.readResults(name)).trimEnd().split('\r\n').slice(1);
    assert.deepEqual(
      lines.map((line) => /Errored,"?(\w+):/.exec(line)?.[1]),
      ['UPLOAD_CANCELLED', 'UPLOAD_CANCELLED', 'INVALID_DATE'],
    );
    const [event] = (await party.events()).slice(-1);
    assert.deepEqual(event!.body.counts, { created: 0, updated: 0, errored: 3 });
  });

  it('is shown for every activity of a patient import', () => {
    assert.deepEqual(activities.notRunTwice(/Patient|DueResults/), []);
  });
});
