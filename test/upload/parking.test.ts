import assert from 'node:assert/strict';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

const { family, family_member, provider, care, claim, provider_payment } = wholeSet;

describe('parked rows', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    // Small limits, so that a few rows make many chunks, pages and batches of released rows.
    world = await openWorld({ CAREWAY_COMMIT_PAGE_ROWS: '7', CAREWAY_CHUNK_BYTES: '1024' });
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  /** What became of the parked rows of an upload: `M-1 released created`, and in which upload. */
  async function settlements(uploadId: string): Promise<{ rows: string[]; by: Set<string | undefined> }> {
    const rows = (await party.client.rows(uploadId)).filter(({ outcome }) => outcome === 'parked');
    return {
      rows: rows.map(({ entityId, settlement }) =>
        settlement ? `${entityId} ${settlement.state} ${settlement.outcome}` : `${entityId} waiting`,
      ),
      by: new Set(rows.map(({ settlement }) => settlement?.uploadId)),
    };
  }

  it('go in when the parent arrives in a later upload, and are announced by it', async () => {
    const first = await party.send({ family_member });
    assert.deepEqual(await settlements(first.uploadId), { rows: ['M-1 waiting'], by: new Set([undefined]) });
    assert.deepEqual(await party.committed(), []);

    const second = await party.send({ family });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: ['M-1 released created'],
      by: new Set([second.uploadId]),
    });
    assert.deepEqual(await party.committed(), ['family F-1', 'family_member M-1']);
    assert.deepEqual(await party.outcomes(second), ['F-1 created']);
    const { uploadId } = second;
    assert.deepEqual(await party.events('records.changed'), [
      { uploadId, entity: 'family', counts: { created: 1 } },
      { uploadId, entity: 'family_member', counts: { created: 1 } },
    ]);
    assert.deepEqual(await party.outcomes(await party.send({ family_member })), ['M-1 unchanged']);
  });

  it('go in level by level when the root of a chain arrives, with copies filled', async () => {
    const first = await party.send({ family_member, care, claim, provider_payment });
    assert.deepEqual(await party.committed(), []);
    const second = await party.send({ family, provider });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: ['C-1 released created', 'CL-1 released created', 'M-1 released created', 'EOP-1 released created'],
      by: new Set([second.uploadId]),
    });
    const { 'CL-1': released } = await party.records('claim');
    assert.equal(released!.document['childName'], 'Ana Ruiz');
    assert.equal(released!.document['providerName'], 'Sunrise Center');
  });

  it('wait until the last of their parents is there', async () => {
    const first = await party.send({ claim });
    await party.send({ family });
    await party.send({ family_member });
    assert.deepEqual((await settlements(first.uploadId)).rows, ['CL-1 waiting']);
    const last = await party.send({ provider });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: ['CL-1 released created'],
      by: new Set([last.uploadId]),
    });
  });

  it('go in when an errored parent is corrected', async () => {
    const first = await party.send({ family: [{ name: '' }], family_member });
    await party.send({ family });
    assert.deepEqual((await settlements(first.uploadId)).rows, ['M-1 released created']);
  });

  it('go in by the upload in which their own child had to wait for them', async () => {
    const first = await party.send({ family_member });
    const second = await party.send({ family, provider, care });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: ['M-1 released created'],
      by: new Set([second.uploadId]),
    });
    assert.deepEqual(await settlements(second.uploadId), {
      rows: ['C-1 released created'],
      by: new Set([second.uploadId]),
    });
  });

  it('are replaced by a row of the same key that is parked in turn', async () => {
    const first = await party.send({ family_member });
    const second = await party.send({ family_member: [{ firstName: 'Eva' }] });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: ['M-1 replaced null'],
      by: new Set([second.uploadId]),
    });
    await party.send({ family });
    assert.deepEqual((await settlements(second.uploadId)).rows, ['M-1 released created']);
    assert.equal((await party.records('family_member'))['M-1']!.document['firstName'], 'Eva');
  });

  const successors: [title: string, row: Record<string, string> | string, committed: string[], state: string][] = [
    ['are replaced by a row that goes in', { familyEntityId: 'F-2' }, ['family_member M-1'], 'M-1 replaced null'],
    ['are replaced by a delete', '90|M-1', [], 'M-1 replaced null'],
    ['are not replaced by an errored row', { firstName: '' }, ['family_member M-1'], 'M-1 released created'],
  ];
  for (const [title, row, committed, state] of successors) {
    it(title, async () => {
      await party.send({ family: [{ entityId: 'F-2' }] });
      const first = await party.send({ family_member });
      await party.send({ family_member: [row] });
      const before = await party.records('family_member');
      await party.send({ family });
      assert.deepEqual((await settlements(first.uploadId)).rows, [state]);
      assert.deepEqual(await party.committed(), ['family F-1', 'family F-2', ...committed]);
      if (Object.keys(before).length > 0) assert.deepEqual(await party.records('family_member'), before);
    });
  }

  it('are errored when what arrives contradicts them', async () => {
    const first = await party.send({ claim });
    await party.send({ family: [{}, { entityId: 'F-2' }], family_member: [{ familyEntityId: 'F-2' }], provider });
    assert.deepEqual((await settlements(first.uploadId)).rows, ['CL-1 released errored']);
    assert.deepEqual(await party.records('claim'), {});
  });

  it('are errored when the parent arrives disabled, unless they are disabled themselves', async () => {
    const first = await party.send({ family_member: [{}, { entityId: 'M-2', disabled: true }] });
    await party.send({ family: [{ disabled: true }] });
    assert.deepEqual((await settlements(first.uploadId)).rows, ['M-1 released errored', 'M-2 released created']);
    assert.deepEqual(Object.keys(await party.records('family_member')), ['M-2']);
  });

  it('change the record that was there before they had to wait', async () => {
    await party.send({ family, family_member });
    const first = await party.send({ family_member: [{ familyEntityId: 'F-2' }] });
    assert.equal((await party.records('family_member'))['M-1']!.document['familyEntityId'], 'F-1');
    await party.send({ family: [{ entityId: 'F-2' }] });
    assert.deepEqual((await settlements(first.uploadId)).rows, ['M-1 released updated']);
    assert.equal((await party.records('family_member'))['M-1']!.document['familyEntityId'], 'F-2');
  });

  it('are refused instead when the tenant wants it so', async () => {
    await party.setSeverities({ REFERENCE_UNRESOLVED: 'error' });
    const upload = await party.send({ family_member });
    assert.deepEqual(await party.outcomes(upload), ['M-1 errored REFERENCE_UNRESOLVED:familyEntityId']);
    await party.send({ family });
    assert.deepEqual(await party.committed(), ['family F-1']);
  });

  it('go in in any number, over many chunks, pages and batches', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index + 100);
    const first = await party.send({
      family_member: numbers.map((n) => ({ entityId: `M-${n}`, familyEntityId: `F-${n}` })),
      care: numbers.map((n) => ({ entityId: `C-${n}`, childId: `M-${n}` })),
    });
    const chunks = await world.stack
      .db('upload_chunks')
      .join('uploads', 'uploads.upload_seq', 'upload_chunks.upload_seq')
      .where({ upload_id: first.uploadId });
    assert.ok(chunks.length > 5, `${chunks.length} chunks`);
    const second = await party.send({ family: numbers.map((n) => ({ entityId: `F-${n}` })), provider });
    assert.deepEqual(await settlements(first.uploadId), {
      rows: [...numbers.map((n) => `C-${n} released created`), ...numbers.map((n) => `M-${n} released created`)],
      by: new Set([second.uploadId]),
    });
    for (const entity of ['family_member', 'care']) {
      const stamps = Object.values(await party.records(entity)).map(({ modified }) => modified);
      assert.equal(new Set(stamps).size, numbers.length, entity);
    }
  });

  it('get stamps of their own when many batches create and change records', async () => {
    const numbers = Array.from({ length: 28 }, (_, index) => index + 1);
    const isKnown = (n: number): boolean => n % 7 === 0;
    await party.send({
      family: [{}],
      family_member: numbers.filter(isKnown).map((n) => ({ entityId: `M-${n}` })),
    });
    const { uploadId } = await party.send({
      family_member: numbers.map((n) => ({ entityId: `M-${n}`, familyEntityId: 'F-2', firstName: 'Eva' })),
    });
    await party.send({ family: [{ entityId: 'F-2' }] });
    const { rows } = await settlements(uploadId);
    const expected = numbers.map((n) => `M-${n} released ${isKnown(n) ? 'updated' : 'created'}`);
    assert.deepEqual([...rows].sort(), expected.sort());
    const stamps = Object.values(await party.records('family_member')).map(({ modified }) => String(modified));
    const { rows: clock } = await world.stack.db.raw(
      `SELECT last_modified::text AS last, max(modified)::text AS highest
       FROM tenant_turns JOIN records USING (tenant_id) WHERE tenant_id = ? GROUP BY 1`,
      [party.tenant.tenantId],
    );
    assert.equal(new Set(stamps).size, numbers.length);
    assert.deepEqual(clock[0].last, clock[0].highest, 'no stamp lies beyond those that were given out');
  });
});
