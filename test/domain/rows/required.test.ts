import assert from 'node:assert/strict';
import { codesOf, definitionOf, prepareRow, valid, type EntityName } from './fixtures';

describe('required fields', () => {
  for (const entity of Object.keys(valid) as EntityName[]) {
    it(`are all there in a valid ${entity}`, () => {
      const row = prepareRow(entity);
      assert.deepEqual(row.problems, []);
      assert.notEqual(row.document, null);
    });

    for (const { name, required } of definitionOf(entity).fields) {
      if (required !== true) continue;
      for (const [what, cell] of [
        ['empty', ' '],
        ['not a column', undefined],
      ] as const) {
        it(`make a ${entity} an error when ${name} is ${what}`, () => {
          const row = prepareRow(entity, { [name]: cell });
          assert.deepEqual(codesOf(row), [`REQUIRED_MISSING ${name}`]);
          assert.equal(row.document, null);
        });
      }
    }
  }

  it('may be empty for middleInitial, but the column must be there', () => {
    assert.deepEqual(codesOf(prepareRow('family_member', { middleInitial: '' })), []);
    assert.deepEqual(codesOf(prepareRow('family_member', { middleInitial: undefined })), [
      'REQUIRED_MISSING middleInitial',
    ]);
  });

  it('are reported as invalid, not also as missing', () => {
    assert.deepEqual(codesOf(prepareRow('provider', { address: 'Main St' })), ['INVALID_JSON address']);
  });

  it('count an empty object as missing', () => {
    assert.deepEqual(codesOf(prepareRow('provider', { address: '{"zip":" "}' })), ['REQUIRED_MISSING address']);
  });
});
