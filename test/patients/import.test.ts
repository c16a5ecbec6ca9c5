import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Temporal } from '@js-temporal/polyfill';
import { waitFor } from '../../scripts/stack/wait';
import { ensureTenantSchedules } from '../../src/doors/nightly-sync';
import { patientImportScheduleId } from '../../src/contracts/workflow-ids';
import { sftpFolderPrefix } from '../../src/contracts/sftp-folders';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { callActivities } from '../support/activities';
import { PatientParty } from '../support/patient-party';
import { spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

const header = 'First Name,Last Name,Birthday,Gender\n';
const ana = `${header}Ana,Ruiz,1950-02-03,F\n`;

describe('the import of patient files', function () {
  this.timeout(180_000);

  let stack: TestStack;
  let temporal: TemporalConnection;
  let worker: SpawnedProcess;

  before(async () => {
    stack = await useStack();
    [temporal, worker] = await Promise.all([createTemporalClient(stack.config), spawnWorker(stack)]);
  });

  after(async () => {
    await worker.stop();
    await temporal.close();
  });

  async function newParty(): Promise<PatientParty> {
    const party = new PatientParty(stack, temporal.client, await freshTenant(stack));
    await party.setSettleSeconds(1);
    return party;
  }

  const today = (): string => Temporal.Now.zonedDateTimeISO('America/Los_Angeles').toPlainDate().toString();

  it('says in plain words what is wrong with a file as a whole, and imports the others', async () => {
    const party = await newParty();
    const wrong: Record<string, { body: string | Buffer; says: RegExp }> = {
      'empty.csv': { body: '', says: /FILE_EMPTY: The file is empty/ },
      'header only.csv': { body: header, says: /FILE_EMPTY: The file has a header row but no patients/ },
      'no gender.csv': {
        body: 'First Name,Last Name,Birthday\nAna,Ruiz,1950-02-03\n',
        says: /FILE_COLUMN_MISSING.*Gender/,
      },
      'sheet.csv': {
        body: Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), randomBytes(2_000)]),
        says: /FILE_NOT_CSV: .*Excel workbook/,
      },
      // A line of 2 GB is given up at the same place: after the first MB of it.
      'one line.csv': { body: `${header}Ana,Ruiz,${'x'.repeat(3_000_000)}`, says: /FILE_TOO_LARGE: The row .*line 2/ },
    };
    const files = Object.fromEntries(Object.entries(wrong).map(([name, { body }]) => [name, body]));
    await party.drop({ ...files, 'good.csv': ana });
    const result = await party.import();
    assert.deepEqual(result, { status: 'completed', files: 6, completed: 1, failed: 5, waiting: 0 });
    assert.deepEqual(await party.names('pending'), []);
    assert.deepEqual(
      await party.names('results'),
      [...Object.keys(wrong), 'good.csv'].map((name) => `${today()}_${name}`).sort(),
    );
    for (const [name, { says }] of Object.entries(wrong)) {
      const [heading, line] = (await party.readResults(`${today()}_${name}`)).split('\r\n');
      assert.equal(heading, 'Result,Messages');
      assert.match(line!, says);
      assert.match(line!, /^Errored,/);
    }
    assert.equal((await party.patients()).length, 1);
    const codes = (await party.events()).map(
      ({ body }) => (body.failure as { code: string } | undefined)?.code ?? 'none',
    );
    const expected = ['FILE_COLUMN_MISSING', 'FILE_EMPTY', 'FILE_EMPTY', 'FILE_NOT_CSV', 'FILE_TOO_LARGE', 'none'];
    assert.deepEqual(codes.sort(), expected);
  });

  it('finishes the other files when the stored copy of one is gone, and names that one in the log', async () => {
    const party = await newParty();
    await party.setSettleSeconds(0);
    const { tenantId } = party.tenant;
    const [ref, folder] = [{ tenantId, sweepId: randomUUID() }, { tenantId, door: 'patients' } as const];
    const activities = await callActivities(stack);
    await party.drop({ 'gone.csv': ana });
    await activities.run('observeInbox', folder);
    const [fileId] = (await activities.run('claimInbox', { ...ref, ...folder })).fileIds;
    await activities.run('takeInboxObject', { ...ref, fileId: fileId! });
    await activities.run('acceptInbox', ref);
    const isDue = async () => (await activities.run('listDueResults', { tenantId })).fileIds.length > 0;
    await waitFor('the upload', isDue, { timeoutMs: 60_000, everyMs: 200 });
    await activities.close();
    const [stored] = await stack.db('files').where({ file_id: fileId });
    await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: stored.object_key }));

    await party.drop({ 'good.csv': ana });
    const result = await party.import();
    assert.deepEqual(result, { status: 'completed', files: 1, completed: 1, failed: 0, waiting: 1 });
    assert.deepEqual(await party.names('pending'), ['gone.csv']);
    assert.deepEqual(await party.names('results'), [`${today()}_good.csv`]);
    const isNamed = async () =>
      worker
        .output()
        .split('\n')
        .some((line) => line.includes('left for the next run') && line.includes(fileId!));
    await waitFor('the line in the log', isNamed, { timeoutMs: 60_000, everyMs: 100 });
  });

  it('never writes over a results file', async () => {
    const party = await newParty();
    const foreign = { Bucket: stack.bucket, Key: `${sftpFolderPrefix(party.tenant, 'results')}${today()}_b.csv` };
    await stack.s3.send(new PutObjectCommand({ ...foreign, Body: 'kept' }));
    await party.drop({ 'a.csv': ana, 'b.csv': ana });
    await party.import();
    await party.drop({ 'a.csv': ana });
    await party.import();
    const names = ['_a.csv', '-2_a.csv', '_b.csv', '-2_b.csv'].map((name) => today() + name);
    assert.deepEqual(await party.names('results'), names.sort());
    assert.equal(await party.readResults(`${today()}_b.csv`), 'kept');
    assert.match(await party.readResults(`${today()}-2_a.csv`), /,Updated,NO_CHANGES/);
  });

  it('leaves for the next night what is still being written, and names it in the log by its id', async () => {
    const party = await newParty();
    await party.drop({ 'whole.csv': ana, 'Maria Perez.csv.filepart': 'half', 'Juan Perez.csv': header });
    let text = ana;
    const growing = setInterval(() => {
      text += 'Bo,Lee,1951-01-01,M\n';
      void party.drop({ 'Juan Perez.csv': text });
    }, 300);
    const result = await party.import();
    clearInterval(growing);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.deepEqual([result.files, result.completed], [1, 1]);
    assert.ok(result.waiting > 0);
    assert.deepEqual(await party.names('pending'), ['Juan Perez.csv', 'Maria Perez.csv.filepart']);
    assert.deepEqual(await party.names('results'), [`${today()}_whole.csv`]);
    const left = worker
      .output()
      .split('\n')
      .filter((line) => line.includes('left in Pending'));
    assert.equal(left.length, 2);
    assert.ok(left.some((line) => /"fileId":"[0-9a-f-]{36}"/.test(line)));
    assert.ok(!worker.output().includes('Perez'));

    await party.drop({ 'Juan Perez.csv': text });
    assert.equal((await party.import()).completed, 1);
    assert.deepEqual(await party.names('pending'), ['Maria Perez.csv.filepart']);
  });

  it('leaves everything for the next night when it is started too late', async () => {
    const party = await newParty();
    await party.drop({ 'a.csv': ana });
    const { workspaceId, bucketId } = party.tenant;
    const tenant = { workspaceId, bucketId, timeZone: 'America/Los_Angeles', settings: {} };
    await ensureTenantSchedules(temporal.client, tenant);
    const schedule = temporal.client.schedule.getHandle(patientImportScheduleId(workspaceId, bucketId));
    const [start, end] = [new Date('2026-01-15T07:30:00Z'), new Date('2026-01-15T08:30:00Z')];
    await schedule.backfill({ start, end, overlap: 'ALLOW_ALL' });
    const runs = async () => (await schedule.describe()).info.recentActions;
    await waitFor('the run', async () => (await runs()).length > 0, { timeoutMs: 30_000, everyMs: 200 });
    const [run] = await runs();
    const handle = temporal.client.workflow.getHandle(run!.action.workflow.workflowId);
    await assert.rejects(handle.result(), (error: { cause?: { type?: string } }) => {
      assert.equal(error.cause?.type, 'PATIENT_IMPORT_MISSED');
      return true;
    });
    assert.deepEqual([await party.names('pending'), await party.names('results')], [['a.csv'], []]);
    assert.deepEqual(await party.events(), []);
  });

  it('leaves one results file and an empty Pending when the worker is killed between the two', async () => {
    const party = await newParty();
    const files = Array.from({ length: 4 }, (_, i) => `file ${i}.csv`);
    await party.drop(Object.fromEntries(files.map((name) => [name, ana])));
    const handle = await party.start();
    const sums = async () => {
      const { rows } = await stack.db.raw(
        `SELECT count(results_at)::int AS written, count(cleared_at)::int AS cleared FROM inbox_objects WHERE tenant_id = ?`,
        [party.tenant.tenantId],
      );
      return rows[0] as { written: number; cleared: number };
    };
    const isBetween = async (): Promise<boolean> => {
      const { written, cleared } = await sums();
      return written > cleared;
    };
    await waitFor('results beside their file', isBetween, { timeoutMs: 120_000, everyMs: 3 });
    await worker.kill('SIGKILL');
    const { written, cleared } = await sums();
    assert.ok(written > cleared, `${written} written, ${cleared} removed: the moment was missed`);
    assert.equal((await party.names('pending')).length, files.length - cleared);
    // The night is over; only the next one goes on.
    await handle.terminate();
    worker = await spawnWorker(stack);
    await party.import();
    assert.deepEqual(await party.names('pending'), []);
    assert.deepEqual(await party.names('results'), files.map((name) => `${today()}_${name}`).sort());
    assert.equal((await party.events()).length, files.length);
  });
});
