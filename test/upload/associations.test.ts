import assert from 'node:assert/strict';
import {
  openWorld,
  wholeSet,
  type Party,
  type TestFiles,
  type TestRow,
  type UploadWorld,
} from '../support/upload-world';

const noName = { name: '' };

interface Case {
  title: string;
  /** Committed before. */
  before?: TestFiles;
  upload: TestFiles;
  /** Rows of the upload, by entity in alphabetical order. */
  outcomes: string[];
}

const references: Case[] = [
  {
    title: 'takes rows whose parents are in the same upload',
    upload: wholeSet,
    outcomes: ['C-1 created', 'CL-1 created', 'F-1 created', 'M-1 created', 'P-1 created', 'EOP-1 created'],
  },
  {
    title: 'takes rows whose parents were committed earlier',
    before: { family: [{}], family_member: [{}], provider: [{}] },
    upload: { care: [{}], claim: [{}], provider_payment: [{}] },
    outcomes: ['C-1 created', 'CL-1 created', 'EOP-1 created'],
  },
  {
    title: 'parks rows whose parents are nowhere, naming each reference',
    upload: { family_member: [{}], claim: [{ entityId: 'CL-1', childId: 'M-9' }], provider_payment: [{}] },
    outcomes: [
      'CL-1 parked REFERENCE_UNRESOLVED:childId REFERENCE_UNRESOLVED:providerId REFERENCE_UNRESOLVED:familyId',
      'M-1 parked REFERENCE_UNRESOLVED:familyEntityId',
      'EOP-1 parked REFERENCE_UNRESOLVED:refEntityId',
    ],
  },
  {
    title: 'parks the children of an errored row, and their children, down to the claim',
    upload: { ...wholeSet, family: [noName] },
    outcomes: [
      'C-1 parked REFERENCE_REJECTED:childId',
      'CL-1 parked REFERENCE_REJECTED:childId REFERENCE_REJECTED:familyId',
      'F-1 errored REQUIRED_MISSING:name',
      'M-1 parked REFERENCE_REJECTED:familyEntityId',
      'P-1 created',
      'EOP-1 created',
    ],
  },
  {
    title: 'takes children of a row that is errored here but committed and enabled',
    before: { family: [{}] },
    upload: { family: [noName], family_member: [{}] },
    outcomes: ['F-1 errored REQUIRED_MISSING:name', 'M-1 created'],
  },
  {
    title: 'refuses children of a row that is errored here but committed and disabled',
    before: { family: [{ disabled: true }] },
    upload: { family: [noName], family_member: [{}] },
    outcomes: ['F-1 errored REQUIRED_MISSING:name', 'M-1 errored REFERENCE_DISABLED:familyEntityId'],
  },
  {
    title: 'refuses enabled children of a parent disabled by the upload, and takes disabled ones',
    before: { family: [{}] },
    upload: { family: [{ disabled: true }], family_member: [{}, { entityId: 'M-2', disabled: true }] },
    outcomes: ['F-1 disabled', 'M-1 errored REFERENCE_DISABLED:familyEntityId', 'M-2 created'],
  },
  {
    title: 'refuses enabled children of a parent that is committed as disabled, and takes disabled ones',
    before: { family: [{ disabled: true }] },
    upload: { family_member: [{}, { entityId: 'M-2', disabled: true }] },
    outcomes: ['M-1 errored REFERENCE_DISABLED:familyEntityId', 'M-2 created'],
  },
  {
    title: 'takes children of a parent that the upload enables again',
    before: { family: [{ disabled: true }] },
    upload: { family: [{}], family_member: [{}] },
    outcomes: ['F-1 updated', 'M-1 created'],
  },
  {
    title: 'parks children of a parent that the upload deletes',
    before: { family: [{}] },
    upload: { family: ['90|F-1'], family_member: [{}] },
    outcomes: ['F-1 deleted', 'M-1 parked REFERENCE_UNRESOLVED:familyEntityId'],
  },
  {
    title: 'judges by the last of several rows of a parent',
    upload: { family: [{}, noName], family_member: [{}] },
    outcomes: ['F-1 superseded', 'F-1 errored REQUIRED_MISSING:name', 'M-1 parked REFERENCE_REJECTED:familyEntityId'],
  },
  {
    title: 'takes several files of the same entity as one',
    upload: {
      'family_member#1': [{}],
      'family#1': [{}],
      'family#2': [{ entityId: 'F-2' }],
      'family_member#2': [{ entityId: 'M-2', familyEntityId: 'F-2' }],
    },
    outcomes: ['F-1 created', 'F-2 created', 'M-1 created', 'M-2 created'],
  },
];

const base: TestFiles = {
  family: [{}, { entityId: 'F-2' }],
  family_member: [{}],
  provider: [{}, { entityId: 'P-0', providerType: '' }],
  care: [{}],
};

const agreements: Case[] = [
  {
    title: 'refuses a claim for another family than that of its child',
    before: base,
    upload: { claim: [{ familyId: 'F-2' }] },
    outcomes: ['CL-1 errored REFERENCE_MISMATCH:familyId'],
  },
  {
    title: 'refuses a claim of another provider type than that of its provider, when that has one',
    before: base,
    upload: { claim: [{ providerType: 'school' }, { entityId: 'CL-2', providerId: 'P-0', providerType: 'school' }] },
    outcomes: ['CL-1 errored REFERENCE_MISMATCH:providerType', 'CL-2 created'],
  },
  {
    title: 'judges agreement by what the upload itself says of the parent',
    before: base,
    upload: { family_member: [{ familyEntityId: 'F-2' }], claim: [{}, { entityId: 'CL-2', familyId: 'F-2' }] },
    outcomes: ['CL-1 errored REFERENCE_MISMATCH:familyId', 'CL-2 created', 'M-1 updated'],
  },
  {
    title: 'warns of copies that differ and takes the row',
    before: base,
    upload: {
      care: [{ entityId: 'C-2', childName: 'Eva Ruiz', childDOB: '20200201', providerName: 'Sunset Center' }],
      provider_payment: [{ providerName: 'Sunset Center' }],
    },
    outcomes: [
      'C-2 created NAME_MISMATCH:childName NAME_MISMATCH:childDOB NAME_MISMATCH:providerName',
      'EOP-1 created NAME_MISMATCH:providerName',
    ],
  },
  {
    title: 'warns of cares that a claim names and nobody knows',
    before: base,
    upload: {
      care: [{ entityId: 'C-2' }],
      claim: [{ data: '{"careIds":["C-1","C-2"]}' }, { entityId: 'CL-2', data: '{"careIds":["C-1","C-8","C-9"]}' }],
    },
    outcomes: ['C-2 created', 'CL-1 created', 'CL-2 created SOFT_REFERENCE_UNRESOLVED:data.careIds'],
  },
];

describe('associations', () => {
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

  for (const { title, before: earlier, upload, outcomes } of [...references, ...agreements]) {
    it(title, async () => {
      if (earlier) await party.send(earlier);
      assert.deepEqual(await party.outcomes(await party.send(upload)), outcomes);
    });
  }

  it('commits the rows that go in and no others', async () => {
    await party.send({ ...wholeSet, family: [noName], 'provider#2': [{ entityId: 'P-2', email: 'nobody' }] });
    assert.deepEqual(await party.committed(), ['provider P-1', 'provider_payment EOP-1']);
  });

  it('fills copies that were left out from the parent, and keeps those that were sent', async () => {
    const cares: TestRow[] = [{}, { entityId: 'C-2', childName: 'Eva Ruiz' }];
    await party.send({ ...wholeSet, care: cares });
    const { 'C-1': filled, 'C-2': sent } = await party.records('care');
    const copies = { childName: 'Ana Ruiz', childDOB: '20200131', providerName: 'Sunrise Center' };
    assert.deepEqual(pick(filled!.document, copies), copies);
    assert.deepEqual(pick(sent!.document, copies), { ...copies, childName: 'Eva Ruiz' });
    const { 'EOP-1': payment } = await party.records('provider_payment');
    assert.equal(payment!.document['providerName'], 'Sunrise Center');

    const again = await party.send({ care: cares });
    assert.deepEqual(await party.outcomes(again), ['C-1 unchanged', 'C-2 unchanged NAME_MISMATCH:childName']);
  });

  it('fills copies from a parent that was committed earlier', async () => {
    await party.send({ family: [{}], family_member: [{}], provider: [{}] });
    await party.send({ claim: [{}] });
    const { 'CL-1': claim } = await party.records('claim');
    const copies = { childName: 'Ana Ruiz', childDOB: '20200131', providerName: 'Sunrise Center' };
    assert.deepEqual(pick(claim!.document, copies), copies);
  });

  it('takes a warning for an error when the tenant wants it so', async () => {
    await party.setSeverities({
      NAME_MISMATCH: 'error',
      SOFT_REFERENCE_UNRESOLVED: 'error',
      PHONE_UNPARSABLE: 'error',
    });
    await party.send(base);
    const claim = { data: '{"careIds":["C-9"]}' };
    const upload = await party.send({ care: [{ entityId: 'C-2', childName: 'Eva' }], claim: [claim, {}] });
    assert.deepEqual(await party.outcomes(upload), [
      'C-2 errored NAME_MISMATCH:childName',
      'CL-1 superseded',
      'CL-1 created',
    ]);
    const soft = await party.send({ claim: [{ entityId: 'CL-2', ...claim }] });
    assert.deepEqual(await party.outcomes(soft), ['CL-2 errored SOFT_REFERENCE_UNRESOLVED:data.careIds']);
    assert.deepEqual(Object.keys(await party.records('claim')), ['CL-1']);
  });

  it('does not let a tenant lower an error', async () => {
    await party.setSeverities({ REQUIRED_MISSING: 'warning', REFERENCE_DISABLED: 'warning' });
    const upload = await party.send({
      family: [{ disabled: true }, { ...noName, entityId: 'F-2' }],
      family_member: [{}],
    });
    assert.deepEqual(await party.outcomes(upload), [
      'F-1 created',
      'F-2 errored REQUIRED_MISSING:name',
      'M-1 errored REFERENCE_DISABLED:familyEntityId',
    ]);
  });

  it('never takes the record of another tenant for a parent', async () => {
    const other = await world.party();
    await other.send({ family: [{}], provider: [{}] });
    const upload = await party.send({ family_member: [{}], provider_payment: [{}] });
    assert.deepEqual(await party.outcomes(upload), [
      'M-1 parked REFERENCE_UNRESOLVED:familyEntityId',
      'EOP-1 parked REFERENCE_UNRESOLVED:refEntityId',
    ]);
    assert.deepEqual(await party.committed(), []);
  });
});

function pick(document: Record<string, unknown>, like: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, document[key]]));
}
