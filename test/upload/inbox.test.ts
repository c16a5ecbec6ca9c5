import assert from 'node:assert/strict';
import type { TemporalConnection } from '../../src/platform/temporal-client';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { cc5File, sampleDay } from '../support/cc5-files';
import { InboxParty } from '../support/inbox-party';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { UploadClient } from '../support/upload-client';

const familyColumns = 'entityId|name|disabled:bool';

describe('the inbox', function () {
  this.timeout(120_000);

  let stack: TestStack;
  let temporal: TemporalConnection;
  let apiUrl: string;
  let worker: SpawnedProcess;

  before(async () => {
    stack = await useStack();
    [temporal, { url: apiUrl }, worker] = await Promise.all([
      createTemporalClient(stack.config),
      spawnApi(stack),
      spawnWorker(stack),
    ]);
  });

  after(async () => {
    await worker.stop();
    await temporal.close();
  });

  async function newParty(settings: Record<string, unknown> = { inbox: { settleSeconds: 1 } }): Promise<InboxParty> {
    const party = new InboxParty(stack, temporal.client, await freshTenant(stack));
    await party.setSettings(settings);
    return party;
  }

  const familyOf = (tenant: TestTenant, id: string): string =>
    cc5File(tenant, 'family', familyColumns, [`${id}|Ruiz family|false`]);

  it('gives the same records as one upload of the six files of the sample', async () => {
    const party = await newParty();
    const other = await newParty();
    const uploaded = await new UploadClient(apiUrl, other.tenant).upload(sampleDay(other.tenant, 'day1'));
    await party.drop(sampleDay(party.tenant, 'day1'));
    const result = await party.sweep();
    assert.deepEqual(result, {
      status: 'completed',
      files: 6,
      uploads: 1,
      completed: 1,
      failed: 0,
      unfinished: 0,
      waiting: 0,
      late: false,
    });
    const [upload] = await party.uploads();
    assert.equal(upload!.source, 'inbox');
    const own = new UploadClient(apiUrl, party.tenant);
    assert.deepEqual((await own.get(upload!.upload_id)).counts, uploaded.counts);
    assert.deepEqual(await party.records(), await other.records());
    assert.deepEqual(await party.names(), []);
  });

  it('leaves unfinished, hidden and still growing objects, and takes them once they are whole', async () => {
    const party = await newParty();
    const whole = familyOf(party.tenant, 'F-1');
    const later = ['.hidden', 'a.cc5txt.part', 'b.TMP', 'c.filepart', 'folder/', 'dir/.git/d.cc5txt'];
    await party.drop({ 'f1.cc5txt': whole, ...Object.fromEntries(later.map((name) => [name, ''])) });
    let text = '';
    const growing = setInterval(() => {
      text += '10|F-2|';
      void party.drop({ 'growing.cc5txt': text });
    }, 300);
    const handle = await party.start();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    assert.deepEqual(await party.uploads(), [], 'what still grows is waited for');
    clearInterval(growing);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await party.drop({ 'growing.cc5txt': familyOf(party.tenant, 'F-2') });
    const result = await handle.result();
    assert.deepEqual([result.files, result.uploads, result.completed], [2, 1, 1]);
    assert.deepEqual(await party.names(), [...later].sort());
  });

  it('uploads a broken file apart, so that it fails alone and with its code', async () => {
    const party = await newParty();
    await party.drop({
      'good.cc5txt': familyOf(party.tenant, 'F-1'),
      'cut.cc5txt': familyOf(party.tenant, 'F-2').split('\n').slice(0, -2).join('\n'),
      'letter.docx': 'no sync file',
      'sub/good too.cc5txt': familyOf(party.tenant, 'F-3'),
      'größe+1%20.cc5txt': familyOf(party.tenant, 'F-4'),
      'empty.cc5txt': '',
    });
    const result = await party.sweep();
    assert.deepEqual([result.files, result.uploads, result.completed, result.failed], [6, 4, 1, 3]);
    const codes = (await party.uploads()).map(({ failure }) => failure?.code ?? 'none').sort();
    assert.deepEqual(codes, ['FILE_COUNT_MISMATCH', 'FILE_EMPTY', 'FILE_HEADER_INVALID', 'none']);
    const [family] = (await party.records()) as { records: number }[];
    assert.equal(family!.records, 3);
    assert.deepEqual(await party.names(), []);
  });

  it('takes the same file again when it is dropped again', async () => {
    const party = await newParty();
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1') });
    await party.sweep();
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1') });
    await party.sweep();
    const idle = await party.sweep();
    assert.equal((await party.uploads()).length, 2);
    assert.equal(idle.uploads, 0);
    assert.deepEqual(
      (await party.events('nightly-sync.%')).map(({ event_type: type }) => type),
      Array(3).fill('nightly-sync.completed'),
    );
  });

  it('uploads once when two sweeps meet', async () => {
    const party = await newParty();
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1'), 'g.cc5txt': familyOf(party.tenant, 'F-2') });
    await Promise.all([party.sweep(), party.sweep()]);
    const files = await stack.db('upload_files').where({ tenant_id: party.tenant.tenantId });
    assert.equal(files.length, 2);
    assert.deepEqual(await party.names(), []);
  });

  it('says once that a run is late, and flags its end', async () => {
    const party = await newParty({ inbox: { settleSeconds: 4 } });
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1') });
    const handle = await party.start({ lateAfterSeconds: 1 });
    const result = await handle.result();
    assert.equal(result.late, true);
    const events = await party.events('nightly-sync.%');
    assert.deepEqual(
      events.map(({ event_type: type }) => type),
      ['nightly-sync.late', 'nightly-sync.completed'],
    );
    const { runId } = await handle.describe();
    assert.deepEqual(events[0]!.body, { runId, step: 'settle', uploadIds: [] });
    assert.deepEqual(events[1]!.body, {
      runId,
      files: 1,
      uploads: 1,
      completed: 1,
      failed: 0,
      unfinished: 0,
      waiting: 0,
      flags: ['LATE'],
    });
    assert.ok(events.every(({ published_at: at }) => at !== null));
  });

  it('does not run when it is started too late, and says so', async () => {
    const party = await newParty();
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1') });
    await party.missedRun();
    const [event] = await party.events('nightly-sync.%');
    assert.equal(event!.event_type, 'nightly-sync.failed');
    assert.deepEqual(event!.body.failure, { code: 'NIGHTLY_SYNC_MISSED' });
    assert.deepEqual(await party.names(), ['f.cc5txt']);
  });

  it('loses and doubles nothing when the worker is killed between copying, accepting and removing', async () => {
    const party = await newParty();
    const ids = Array.from({ length: 60 }, (_, i) => `F-${String(i).padStart(2, '0')}`);
    await party.drop(Object.fromEntries(ids.map((id) => [`${id}.cc5txt`, familyOf(party.tenant, id)])));
    const handle = await party.start();
    const kill = async (what: string, isReached: (sums: Sums) => boolean): Promise<void> => {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const sums = await sumsOf(party);
        if (isReached(sums)) break;
        assert.ok(Date.now() < deadline && sums.cleared < ids.length, `${what} was not met: ${JSON.stringify(sums)}`);
      }
      await worker.kill('SIGKILL');
      killed.push(await sumsOf(party));
      worker = await spawnWorker(stack);
    };
    const killed: Sums[] = [];
    await kill('half copied', ({ taken }) => taken >= 20);
    await kill('in an upload, still in the inbox', ({ uploaded, cleared }) => uploaded > 0 && cleared >= 5);
    const result = await handle.result();
    const [first, second] = killed as [Sums, Sums];
    assert.ok(first.taken < 60 && first.uploaded === 0, JSON.stringify(first));
    assert.ok(second.uploaded === 60 && second.cleared < 60, JSON.stringify(second));
    assert.deepEqual([result.files, result.uploads, result.completed], [60, 1, 1]);
    const [{ records, digest }] = (await party.records()) as [{ records: number; digest: string }];
    assert.ok(digest);
    assert.equal(records, 60);
    assert.equal((await stack.db('upload_files').where({ tenant_id: party.tenant.tenantId })).length, 60);
    assert.equal((await stack.db('files').where({ tenant_id: party.tenant.tenantId })).length, 60);
    assert.deepEqual(await party.names(), []);
    assert.equal((await party.events('nightly-sync.%')).length, 1);
  });

  interface Sums {
    taken: number;
    uploaded: number;
    cleared: number;
  }

  async function sumsOf({ tenant }: InboxParty): Promise<Sums> {
    const { rows } = await stack.db.raw(
      `SELECT count(taken_at)::int AS taken, count(upload_id)::int AS uploaded, count(cleared_at)::int AS cleared
         FROM inbox_objects WHERE tenant_id = ?`,
      [tenant.tenantId],
    );
    return rows[0] as Sums;
  }

  it('ends as failed when it is cancelled, and leaves the inbox as it is', async () => {
    const party = await newParty({ inbox: { settleSeconds: 60 } });
    await party.drop({ 'f.cc5txt': familyOf(party.tenant, 'F-1') });
    const handle = await party.start();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await handle.cancel();
    await assert.rejects(handle.result());
    const [event] = await party.events('nightly-sync.%');
    assert.equal(event!.event_type, 'nightly-sync.failed');
    assert.deepEqual(event!.body.failure, { code: 'NIGHTLY_SYNC_CANCELLED' });
    assert.deepEqual(await party.names(), ['f.cc5txt']);
  });
});
