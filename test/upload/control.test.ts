import assert from 'node:assert/strict';
import {
  openWorld,
  wholeSet,
  type Party,
  type TestFiles,
  type TestRow,
  type UploadWorld,
} from '../support/upload-world';

const preview = { mode: 'preview' };
const allOrNone = { atomicity: 'upload' };

describe('control of an upload', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    // A row in each page and a few in each chunk, so that an upload can be caught in its staging and in its commit.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: '1', CAREWAY_CHUNK_BYTES: '1024' });
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  const changes = async (): Promise<unknown[]> => party.events('records.changed');

  it('previews: shows the plan of every row and changes nothing', async () => {
    await party.send({ family: [{}, { entityId: 'F-2' }, { entityId: 'F-3' }] });
    const parked = await party.send({ family_member: [{ familyEntityId: 'F-4' }] });
    const before = [await party.records('family'), await changes()];
    const files: TestFiles = {
      family: [
        {},
        { entityId: 'F-2', name: 'Lopez' },
        { entityId: 'F-3', disabled: true },
        { entityId: 'F-4' },
        { entityId: 'F-5', name: '' },
      ],
      family_member: [{ entityId: 'M-2', familyEntityId: 'F-9' }, { entityId: 'M-3' }],
    };
    const planned = await party.send(files, preview);
    const outcomes = [
      'F-1 unchanged',
      'F-2 updated',
      'F-3 disabled',
      'F-4 created',
      'F-5 errored REQUIRED_MISSING:name',
      'M-2 parked REFERENCE_UNRESOLVED:familyEntityId',
      'M-3 created',
    ];
    assert.deepEqual(await party.outcomes(planned), outcomes);
    assert.deepEqual([await party.records('family'), await changes()], before);
    assert.deepEqual(await party.records('family_member'), {});
    assert.deepEqual(await party.stagingTables(planned), []);
    const [waiting] = await party.client.rows(parked.uploadId);
    assert.equal(waiting!.settlement, undefined);

    const committed = await party.send(files);
    assert.deepEqual(await party.outcomes(committed), outcomes);
    assert.deepEqual(committed.counts, planned.counts);
  });

  const refused: [title: string, row: TestRow, outcome: string][] = [
    ['an errored', { entityId: 'M-2', firstName: '' }, 'M-2 errored REQUIRED_MISSING:firstName'],
    ['a parked', { entityId: 'M-2', familyEntityId: 'F-9' }, 'M-2 parked REFERENCE_UNRESOLVED:familyEntityId'],
  ];
  for (const [title, row, outcome] of refused) {
    it(`commits nothing for ${title} row when all or none is asked for`, async () => {
      const upload = await party.client.upload(party.filesOf({ ...wholeSet, family_member: [{}, row] }), allOrNone);
      assert.deepEqual([upload.status, upload.failure?.code], ['failed', 'UPLOAD_NOT_ATOMIC']);
      assert.deepEqual(await party.committed(), []);
      assert.deepEqual(await changes(), []);
      assert.deepEqual(await party.outcomes(upload, 'outcome=errored,parked'), [outcome]);
      assert.deepEqual(await party.outcomes(upload, 'outcome=created'), []);
      await party.send({ family: [{ entityId: 'F-9' }] });
      assert.deepEqual(await party.committed(), ['family F-9']);
    });
  }

  it('commits all of an upload without errors when all or none is asked for', async () => {
    const upload = await party.send({ ...wholeSet, 'family#2': [{ entityId: 'F-2', name: 'Lopez' }] }, allOrNone);
    assert.ok((await party.outcomes(upload)).every((row) => row.endsWith(' created')));
    assert.equal((await party.committed()).length, 7);
    const again = await party.send({ family: ['90|F-2', { name: 'Gil' }] }, allOrNone);
    assert.deepEqual(await party.outcomes(again), ['F-2 deleted', 'F-1 updated']);
    const { 'F-1': family } = await party.records('family');
    assert.equal(family!.document['name'], 'Gil');
  });

  async function assertCancelled(uploadId: string): Promise<void> {
    const { status, failure } = await party.client.finished(uploadId);
    assert.deepEqual([status, failure?.code], ['cancelled', 'UPLOAD_CANCELLED']);
    assert.deepEqual(await party.stagingTables({ uploadId }), []);
    assert.deepEqual(
      (await party.events('upload.failed')).map((event) => event['uploadId']),
      [uploadId],
    );
  }

  const many = Array.from({ length: 3_000 }, (_, index) => ({ entityId: `M-${index + 1001}` }));

  it('cancels an upload that is being staged', async () => {
    const uploadId = await party.begin({ family: [{}], family_member: many });
    await party.client.until(uploadId, ({ step }) => step === 'validate');
    await party.client.call('POST', `/v1/uploads/${uploadId}/cancel`);
    await assertCancelled(uploadId);
    assert.deepEqual(await party.committed(), []);
    assert.deepEqual(await changes(), []);
    await party.send({ family: [{}] });
  });

  it('cancels an upload that waits for its turn', async () => {
    const { tenantId } = party.tenant;
    let uploadId = '';
    await world.stack.db.transaction(async (trx) => {
      await trx('tenant_turns').where({ tenant_id: tenantId }).forUpdate().select();
      uploadId = await party.begin({ family: [{}] });
      await party.client.until(uploadId, ({ step }) => step === 'wait');
      await party.client.call('POST', `/v1/uploads/${uploadId}/cancel`);
    });
    await assertCancelled(uploadId);
    await party.send({ provider: [{}] });
    assert.deepEqual(await party.committed(), ['provider P-1']);
  });

  it('cancels a commit between two pages and keeps what is in', async function () {
    this.timeout(120_000);
    await party.send({ family: [{}] });
    const older = await party.send({ family_member: [{ entityId: 'M-1', familyEntityId: 'F-8', firstName: 'Older' }] });
    const rows: TestRow[] = [
      { entityId: 'M-1', firstName: 'Newer' },
      ...many,
      { entityId: 'M-9999', familyEntityId: 'F-9' },
    ];

    const uploadId = await party.begin({ family_member: rows });
    await party.untilPages(uploadId, 'family_member', 4);
    await party.client.call('POST', `/v1/uploads/${uploadId}/cancel`);
    await assertCancelled(uploadId);

    const kept = await party.records('family_member');
    const ids = Object.keys(kept);
    assert.ok(ids.length >= 4 && ids.length < many.length, `${ids.length} rows were committed`);
    assert.deepEqual(
      await party.outcomes({ uploadId }),
      ids.map((id) => `${id} created`),
      'the ledger names what is committed and promises nothing else',
    );
    const { counts } = await party.client.get(uploadId);
    assert.deepEqual([counts['family_member']!.created, counts['family_member']!.parked], [ids.length, 0]);
    const announced = (await party.events('records.changed')).filter((event) => event['uploadId'] === uploadId);
    assert.equal(announced.length, ids.length);

    await party.send({ family: [{ entityId: 'F-8' }, { entityId: 'F-9' }] });
    assert.deepEqual(await party.records('family_member'), kept, 'neither an older nor a dropped row comes back');
    const [replaced] = await party.client.rows(older.uploadId);
    assert.deepEqual([replaced!.settlement?.state, replaced!.settlement?.uploadId], ['replaced', uploadId]);

    const next = await party.send({ family_member: rows.slice(0, ids.length + 5) });
    const { unchanged, created } = next.counts['family_member']!;
    assert.deepEqual({ unchanged, created }, { unchanged: ids.length, created: 5 });
  });

  it('rolls back a commit that is cancelled when all or none is asked for', async function () {
    this.timeout(120_000);
    const uploadId = await party.begin({ family: [{}], family_member: many }, allOrNone);
    await party.client.until(uploadId, ({ step }) => step === 'commit');
    await party.client.call('POST', `/v1/uploads/${uploadId}/cancel`);
    await assertCancelled(uploadId);
    assert.deepEqual(await party.committed(), []);
    assert.deepEqual(await changes(), []);
    assert.deepEqual(await party.outcomes({ uploadId }), []);
    await party.send({ family: [{}] });
  });

  it('refuses to cancel an upload that has finished', async () => {
    const { uploadId } = await party.send({ family: [{}] });
    const answer = await fetch(`${world.apiUrl}/v1/uploads/${uploadId}/cancel`, {
      method: 'POST',
      headers: party.tenant.headers,
    });
    assert.equal(answer.status, 409);
    assert.match(await answer.text(), /UPLOAD_FINISHED/);
    assert.equal((await party.client.get(uploadId)).status, 'completed');
  });
});
