import assert from 'node:assert/strict';
import { parseRecordId, recordIdOf } from '../../src/domain/record-id';

describe('the system id of a record', () => {
  for (const [id, text] of [
    ['1', '000000000000000000000001'],
    ['255', '0000000000000000000000ff'],
    ['9223372036854775807', '000000007fffffffffffffff'],
  ] as const) {
    it(`of ${id} has 24 digits and leads back`, () => {
      assert.equal(recordIdOf(id), text);
      assert.equal(parseRecordId(text), id);
      assert.equal(parseRecordId(text.toUpperCase()), id);
    });
  }

  for (const text of ['', '1', 'x'.repeat(24), '000000008000000000000000', `${'0'.repeat(24)}1`]) {
    it(`is not ${text || 'an empty text'}`, () => assert.equal(parseRecordId(text), undefined));
  }
});
