import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { createTemporalClient, type TemporalConnection } from '../../src/platform/temporal-client';
import { patientImportScheduleId } from '../../src/contracts/workflow-ids';
import { ensureTenantSchedules } from '../../src/doors/nightly-sync';
import { waitFor } from '../../scripts/stack/wait';
import { openOpenSsh, type OpenSsh } from '../sftp/support/openssh';
import { openSftpWorld, type SftpUser, type SftpWorld } from '../sftp/support/sftp-world';
import { historyText } from '../support/history-text';
import { PatientParty } from '../support/patient-party';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { UploadClient } from '../support/upload-client';

const sample = path.join(process.cwd(), 'sample/patients');

interface ExpectedProblem {
  status: string;
  code: string;
  field: string;
}

const expected = JSON.parse(readFileSync(path.join(sample, 'expected.json'), 'utf8')) as {
  day1: { rows: number; problems: Record<string, ExpectedProblem> } & Record<'Created' | 'Updated' | 'Errored', number>;
  day2: { rows: number; withNewInformation: number } & Record<'Created' | 'Updated' | 'Errored', number>;
};

/** Of every kind of field, as the files have it, and of their names. */
const planted = ['Gleason', 'alice368', '982192B6', '555-8916', 'Kohler', 'call after', 'Loratadine', 'nebraska-day'];

describe('the sample of patients', function () {
  this.timeout(120_000);

  let stack: TestStack;
  let temporal: TemporalConnection;
  let api: SpawnedProcess & { url: string };
  let worker: SpawnedProcess;
  let party: PatientParty;
  let world: SftpWorld;
  let openssh: OpenSsh;
  let user: SftpUser;

  before(async () => {
    stack = await useStack();
    [temporal, api, worker] = await Promise.all([
      createTemporalClient(stack.config),
      spawnApi(stack, { CAREWAY_LOG_LEVEL: 'trace' }),
      spawnWorker(stack, { CAREWAY_LOG_LEVEL: 'trace' }),
    ]);
    world = await openSftpWorld();
    openssh = openOpenSsh(world.server.port);
    party = new PatientParty(stack, temporal.client, await freshTenant(stack));
    user = await world.user({ publicKey: openssh.publicKey, tenant: party.tenant });
    await party.setSettleSeconds(1);
    const { workspaceId, bucketId } = party.tenant;
    await ensureTenantSchedules(temporal.client, { workspaceId, bucketId, timeZone: 'America/New_York', settings: {} });
  });

  after(async () => {
    openssh?.close();
    await Promise.all([worker.stop(), api.stop(), world?.close()]);
    await temporal.close();
  });

  /** Drops a file with OpenSSH, has the run start through the API, waits until the file has left Pending, and gets the results. */
  async function importNow(name: string): Promise<{ original: string; results: string; rows: string[][] }> {
    const original = readFileSync(path.join(sample, name), 'utf8');
    const put = await openssh.sftp(user.username, [`put "${path.join(sample, name)}" "Pending Patient Imports/"`]);
    assert.equal(put.code, 0, put.stderr);
    assert.deepEqual(await party.names('pending'), [name]);
    const { workspaceId, bucketId } = party.tenant;
    const scheduleId = encodeURIComponent(patientImportScheduleId(workspaceId, bucketId));
    await new UploadClient(api.url, party.tenant).call('POST', `/v1/schedules/${scheduleId}/trigger`);
    const isDone = async (): Promise<boolean> => (await party.names('pending')).length === 0;
    await waitFor('the import', isDone, { timeoutMs: 60_000, everyMs: 200 });
    const found = (await party.names('results')).filter((result) => result.endsWith(name));
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^\d{4}-\d\d-\d\d_nebraska-day[12]\.csv$/);
    const local = path.join(openssh.folder, found[0]!);
    const get = await openssh.sftp(user.username, [`get "Patient Import Results/${found[0]}" "${local}"`]);
    assert.equal(get.code, 0, get.stderr);
    const results = readFileSync(local, 'utf8');
    return { original, results, rows: parse(results, { relax_quotes: false }) };
  }

  function countByStatus(rows: readonly string[][]): Record<string, number> {
    const counts: Record<string, number> = { Created: 0, Updated: 0, Errored: 0 };
    for (const row of rows) counts[row.at(-2)!] = (counts[row.at(-2)!] ?? 0) + 1;
    return counts;
  }

  it('gives the results of day 1, line by line', async () => {
    const { original, rows } = await importNow('nebraska-day1.csv');
    const sent = parse(original) as string[][];
    assert.deepEqual(rows[0], [...sent[0]!, 'Result', 'Messages']);
    assert.deepEqual(
      rows.slice(1).map((row) => row.slice(0, -2)),
      sent.slice(1),
      'columns, order and text are those of the file',
    );
    const { rows: total, Created, Updated, Errored, problems } = expected.day1;
    assert.equal(rows.length - 1, total);
    assert.deepEqual(countByStatus(rows.slice(1)), { Created, Updated, Errored });
    rows.slice(1).forEach((row, place) => {
      const line = place + 2;
      const [status, messages] = row.slice(-2) as [string, string];
      const problem = problems[String(line)];
      if (!problem) return assert.deepEqual([line, status, messages], [line, 'Created', '']);
      assert.equal(status, problem.status, `line ${line}`);
      assert.ok(messages.startsWith(`${problem.code}: `) && messages.includes(problem.field), `${line}: ${messages}`);
    });
    assert.match(rows[6]!.at(-1)!, /line 120/);
    assert.match(rows[119]!.at(-1)!, /line 7\b/);
  });

  it('gives the results of day 2, and changes 18 patients only', async () => {
    const before = await party.patients();
    const { rows } = await importNow('nebraska-day2.csv');
    const { rows: total, Created, Updated, Errored, withNewInformation } = expected.day2;
    assert.equal(rows.length - 1, total);
    assert.deepEqual(countByStatus(rows.slice(1)), { Created, Updated, Errored });
    const news = rows.slice(1).filter((row) => !row.at(-1)!.includes('NO_CHANGES'));
    assert.equal(news.length, withNewInformation);
    const after = await party.patients();
    assert.equal(after.length, before.length);
    const changed = after.filter((patient, i) => JSON.stringify(patient) !== JSON.stringify(before[i]));
    assert.equal(changed.length, withNewInformation);
  });

  it('is an upload as well, whose rows come back in the results folder and not as a sync file', async () => {
    const client = new UploadClient(api.url, party.tenant);
    const { uploads } = (await client.call('GET', '/v1/uploads')) as {
      uploads: { uploadId: string; source: string }[];
    };
    assert.deepEqual([uploads.length, uploads[0]!.source], [2, 'patient-import']);
    const results = `${api.url}/v1/uploads/${uploads[0]!.uploadId}/results?entity=patient&format=cc5`;
    const answer = await fetch(results, { headers: party.tenant.headers });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /this came as a file of patients; ask for csv or ndjson/);
  });

  it('is announced with counts, and with nothing else', async () => {
    const uploads = await stack.db('uploads').where({ tenant_id: party.tenant.tenantId }).orderBy('upload_seq');
    await waitFor('publication', async () => (await party.events()).every((event) => event.published_at !== null), {
      timeoutMs: 30_000,
    });
    const events = await party.events();
    assert.deepEqual(
      events.map(({ event_type: type, body: { uploadId, counts } }) => ({ type, uploadId, counts })),
      [
        [115, 0, 4],
        [0, 111, 0],
      ].map(([created, updated, errored], day) => ({
        type: 'patient-import.completed',
        uploadId: uploads[day].upload_id,
        counts: { created, updated, errored },
      })),
    );
  });

  it('leaves nothing of a patient or of the name of a file in logs, histories and events', async () => {
    const places = new Map([
      ['the log of the worker', worker.output()],
      ['the log of the API', api.output()],
      ['the log of SFTP', world.server.output()],
      ['the outbox', JSON.stringify(await stack.db('events').where({ tenant_id: party.tenant.tenantId }))],
    ]);
    for await (const { workflowId, runId, memo } of temporal.client.workflow.list()) {
      const text = await historyText(temporal.client, stack.config.payloadKey, { workflowId, runId });
      places.set(workflowId, text + JSON.stringify(memo));
    }
    assert.ok([...places.keys()].filter((name) => name.startsWith('patient-import/')).length >= 2);
    for (const [place, text] of places) {
      assert.ok(text.length > 100, place);
      for (const value of planted) assert.ok(!text.toLowerCase().includes(value.toLowerCase()), `${value} in ${place}`);
    }
  });
});
