import assert from 'node:assert/strict';
import { compileRowPreparer, customColumns } from '../../../src/domain/rows';
import { codesOf, context, definitionOf, documentOf, prepareRecord, prepareRow, valid } from './fixtures';

describe('the canonical document', () => {
  it('is the same for the same content, however it is written', () => {
    const row = prepareRow('family_member', {
      address: '{"zip":"46204","state":"IN"}',
      phone: '(317) 555-0199',
      tags: 'b,a',
      data: '{"school":"Head Start","custom":{"b":1,"a":2}}',
      comment: '',
    });
    const record = prepareRecord('family_member', {
      data: { custom: { a: 2, b: 1 }, school: 'Head Start' },
      tags: ['b', 'a'],
      phone: 3175550199,
      disabled: false,
      isChild: true,
      isParent: 0,
      dob: '2020-01-31',
      gender: 'F',
      address: { state: 'Indiana', zip: 46204 },
      mailAddress: null,
      email: '',
    });
    assert.equal(row.document, record.document);
  });

  it('begins with the key and follows the definition, empty values left out', () => {
    const { document } = prepareRow('family', { email: '', name: 'Ruiz', familySize: '3' });
    assert.equal(document, '{"entityId":"F-1","name":"Ruiz","familySize":3,"disabled":false}');
  });

  it('does not depend on the order of columns', () => {
    const names = Object.keys(valid.claim).reverse();
    const columns = names.map((name) => ({ name, type: 'string' }));
    const prepare = compileRowPreparer(definitionOf('claim'), columns, context);
    const row = prepare(
      'upsert',
      names.map((name) => valid.claim[name as keyof typeof valid.claim]),
    );
    assert.equal(row.document, prepareRow('claim').document);
  });

  it('is valid JSON for repeated cells as for new ones', () => {
    const columns = ['entityId', 'childId', 'providerId', 'startDate', 'schedules'].map((name) => ({
      name,
      type: 'string',
    }));
    const prepare = compileRowPreparer(definitionOf('care'), columns, context);
    const schedule = '[{"type":"normal","schedule":{"Monday":[{"timeIn":"8:00 AM","timeOut":"late"}]}}]';
    const rows = [1, 2].map((n) => prepare('upsert', [`C-${n}`, 'M', 'P', '20260101', schedule]));
    for (const row of rows) assert.deepEqual(codesOf(row), ['INVALID_DATE schedules.schedule.Monday.timeOut']);
  });
});

describe('custom columns', () => {
  const columns = [
    { name: 'entityId', type: 'string' },
    { name: 'zone', type: 'object' },
    { name: 'name', type: 'string' },
    { name: 'beds', type: 'int' },
    { name: 'modified', type: 'date' },
  ];

  it('are those that no field reads', () => {
    assert.deepEqual(
      customColumns(definitionOf('family'), columns).map(({ name }) => name),
      ['zone', 'beds'],
    );
    assert.deepEqual(customColumns(definitionOf('provider_payment'), [{ name: 'customerId', type: 'string' }]), []);
  });

  it('are stored at the top level by their type, after the documented fields', () => {
    const prepare = compileRowPreparer(definitionOf('family'), columns, context);
    const row = prepare('upsert', ['F-1', '{"b":1,"a":[]}', 'Ruiz', '4', '20260101']);
    assert.equal(row.document, '{"entityId":"F-1","name":"Ruiz","disabled":false,"beds":4,"zone":{"a":[],"b":1}}');
    assert.deepEqual(codesOf(prepare('upsert', ['F-1', '{', 'Ruiz', 'x', ''])), [
      'INVALID_NUMBER beds',
      'INVALID_JSON zone',
    ]);
  });

  it('of a JSON record are stored likewise, unless their names are reserved', () => {
    const document = documentOf(prepareRecord('family', { zone: { b: 1 }, id: 'x', modified: 'y', nothing: null }));
    assert.deepEqual(document, { entityId: 'F-1', name: 'Ruiz', disabled: false, zone: { b: 1 } });
    assert.deepEqual(codesOf(prepareRecord('family', { _rev: 1 })), ['FIELD_NAME_RESERVED null']);
  });
});

describe('the staging columns', () => {
  it('of a member hold its family and what it exposes', () => {
    assert.deepEqual(prepareRow('family_member').columns, ['F-1', 'Ana Ruiz', '20200131', 'F-1']);
    assert.deepEqual(prepareRow('family_member', { dob: '' }).columns, ['F-1', 'Ana Ruiz', null, 'F-1']);
  });

  it('of a claim hold its references, the soft one as a list, and what is compared', () => {
    const row = prepareRow('claim', { childName: ' Ana  Ruiz', data: '{"careIds":["C-1","C-2"]}' });
    assert.deepEqual(row.columns, ['M-1', 'P-1', 'F-1', '["C-1","C-2"]', 'Ana Ruiz', null, null, 'F-1', 'school']);
    assert.equal(prepareRow('claim').columns[3], null);
  });

  it('of a payment hold the provider', () => {
    assert.equal(prepareRow('provider_payment').columns[0], 'P-1');
  });

  it('of a row with an error are empty', () => {
    assert.deepEqual(prepareRow('family_member', { status: 'alive' }).columns, [null, null, null, null]);
  });
});
