import assert from 'node:assert/strict';
import { openWorld, wholeSet, type Party, type TestFiles, type UploadWorld } from '../support/upload-world';

const ruiz = { name: 'Ruiz' };
const lopez = { name: 'Lopez' };
const noName = { name: '' };
const gone = '90|F-1';

interface Case {
  title: string;
  /** Uploads one after the other, of families. */
  uploads: TestFiles[];
  /** Rows of each upload. */
  outcomes: string[][];
  /** Name that family F-1 has in the end, null when there is none. */
  name: string | null;
}

const family = (...rows: TestFiles[string][number][]): TestFiles => ({ family: rows });

const cases: Case[] = [
  {
    title: 'takes the last of several equal rows',
    uploads: [family(ruiz, ruiz, ruiz)],
    outcomes: [['F-1 superseded', 'F-1 superseded', 'F-1 created']],
    name: 'Ruiz',
  },
  {
    title: 'takes the last of several different rows',
    uploads: [family(ruiz, lopez)],
    outcomes: [['F-1 superseded', 'F-1 created']],
    name: 'Lopez',
  },
  {
    title: 'takes the last row over several files, in the order in which they were given',
    uploads: [{ 'family#1': [lopez, { entityId: 'F-2' }], 'family#2': [ruiz] }],
    outcomes: [['F-1 superseded', 'F-2 created', 'F-1 created']],
    name: 'Ruiz',
  },
  {
    title: 'takes a good row after an errored one of the same key',
    uploads: [family(noName, ruiz)],
    outcomes: [['F-1 errored REQUIRED_MISSING:name', 'F-1 created']],
    name: 'Ruiz',
  },
  {
    title: 'does not fall back to an earlier row when the last is errored',
    uploads: [family(ruiz, noName)],
    outcomes: [['F-1 superseded', 'F-1 errored REQUIRED_MISSING:name']],
    name: null,
  },
  {
    title: 'leaves the committed record when the last row is errored',
    uploads: [family(ruiz), family(lopez, noName)],
    outcomes: [['F-1 created'], ['F-1 superseded', 'F-1 errored REQUIRED_MISSING:name']],
    name: 'Ruiz',
  },
  {
    title: 'deletes, and has nothing to delete the second time',
    uploads: [family(ruiz), family(gone), family(gone)],
    outcomes: [['F-1 created'], ['F-1 deleted'], ['F-1 unchanged']],
    name: null,
  },
  {
    title: 'has nothing to delete where nothing was',
    uploads: [family(gone)],
    outcomes: [['F-1 unchanged']],
    name: null,
  },
  {
    title: 'keeps a record that is deleted and sent again in one file',
    uploads: [family(ruiz), family(gone, lopez)],
    outcomes: [['F-1 created'], ['F-1 superseded', 'F-1 updated']],
    name: 'Lopez',
  },
  {
    title: 'deletes a record that is sent and deleted in one file',
    uploads: [family(ruiz), family(lopez, gone)],
    outcomes: [['F-1 created'], ['F-1 superseded', 'F-1 deleted']],
    name: null,
  },
  {
    title: 'creates a record that an earlier upload deleted',
    uploads: [family(ruiz), family(gone), family(lopez)],
    outcomes: [['F-1 created'], ['F-1 deleted'], ['F-1 created']],
    name: 'Lopez',
  },
  {
    title: 'disables, leaves disabled, changes while disabled, and enables again',
    uploads: [
      family(ruiz),
      family({ ...ruiz, disabled: true }),
      family({ ...ruiz, disabled: true }),
      family({ ...lopez, disabled: true }),
      family(lopez),
    ],
    outcomes: [['F-1 created'], ['F-1 disabled'], ['F-1 unchanged'], ['F-1 updated'], ['F-1 updated']],
    name: 'Lopez',
  },
  {
    title: 'creates a record that is disabled from the beginning',
    uploads: [family({ ...ruiz, disabled: true })],
    outcomes: [['F-1 created']],
    name: 'Ruiz',
  },
  {
    title: 'keeps keys apart that differ in case or blanks inside',
    uploads: [family({ entityId: 'f-1' }, { entityId: 'F-1' }, { entityId: 'F -1' }, { entityId: ' f-1 ' })],
    outcomes: [['f-1 superseded', 'F-1 created', 'F -1 created', 'f-1 created']],
    name: 'Ruiz',
  },
];

describe('rows of the same key', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    world = await openWorld();
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  for (const { title, uploads, outcomes, name } of cases) {
    it(title, async () => {
      for (const [index, files] of uploads.entries()) {
        assert.deepEqual(await party.outcomes(await party.send(files)), outcomes[index], `upload ${index + 1}`);
      }
      const { 'F-1': record } = await party.records('family');
      assert.equal(record?.document['name'] ?? null, name);
    });
  }

  it('says of a record whether it is disabled', async () => {
    await party.send(family({ disabled: true }));
    const { 'F-1': disabled } = await party.records('family');
    assert.deepEqual([disabled!.disabled, disabled!.document['disabled']], [true, true]);
    await party.send(family({}));
    const { 'F-1': enabled } = await party.records('family');
    assert.deepEqual([enabled!.disabled, enabled!.document['disabled']], [false, false]);
  });

  it('leaves a tombstone of a deleted record, later than all that was before', async () => {
    await party.send(family({}, { entityId: 'F-2' }, { entityId: 'F-3' }));
    const before = await party.records('family');
    await party.send(family('90|F-1', '90|F-3', { entityId: 'F-2', name: 'Lopez' }));
    const after = await party.records('family');
    const tombstones = await world.stack
      .db('tombstones')
      .where({ tenant_id: party.tenant.tenantId })
      .orderBy('entity_id')
      .select('entity', 'entity_id', world.stack.db.raw('modified::text AS modified'));
    assert.deepEqual(
      tombstones.map((tombstone) => `${tombstone.entity} ${tombstone.entity_id}`),
      ['family F-1', 'family F-3'],
    );
    const later = [after['F-2']!.modified, ...tombstones.map(({ modified }) => modified as string)];
    assert.equal(new Set(later).size, 3);
    const latestBefore = Object.values(before).map(({ modified }) => modified);
    assert.ok(later.every((stamp) => latestBefore.every((earlier) => stamp > earlier)));
  });

  it('announces each change of records with its counts, and none where nothing changed', async () => {
    await party.send(family(ruiz, { entityId: 'F-2' }, { entityId: 'F-3' }));
    await party.send(family(lopez, '90|F-2', { entityId: 'F-3', disabled: true }, { entityId: 'F-4' }));
    await party.send(family(lopez, '90|F-2', { entityId: 'F-3', disabled: true }, { entityId: 'F-4' }));
    assert.deepEqual(
      (await party.events('records.changed')).map(({ entity, counts }) => ({ entity, counts })),
      [
        { entity: 'family', counts: { created: 3 } },
        { entity: 'family', counts: { created: 1, updated: 1, disabled: 1, deleted: 1 } },
      ],
    );
  });

  it('does not move `modified` of what is unchanged', async () => {
    await party.send(wholeSet);
    const before = await party.records('claim');
    const again = await party.send(wholeSet);
    assert.ok((await party.outcomes(again)).every((row) => row.endsWith(' unchanged')));
    assert.deepEqual(await party.records('claim'), before);
  });

  it('stamps records with a `modified` that rises from upload to upload and is unique', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `F-${index + 10}`);
    const stamps: string[][] = [];
    for (const name of ['Ruiz', 'Lopez', 'Gil']) {
      await party.send(family(...ids.map((entityId) => ({ entityId, name }))));
      const records = await party.records('family');
      stamps.push(ids.map((id) => records[id]!.modified));
    }
    for (const [index, ofUpload] of stamps.entries()) {
      assert.deepEqual([...new Set(ofUpload)].sort(), ofUpload, 'rows of a file rise in their order');
      const earlier = stamps[index - 1];
      assert.ok(!earlier || earlier.at(-1)! < ofUpload[0]!, 'each upload comes after the one before');
    }
  });
});
