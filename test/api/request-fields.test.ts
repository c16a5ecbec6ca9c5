import assert from 'node:assert/strict';
import { z } from 'zod';
import { parseFields, pickFields } from '../../src/api/request-fields';

describe('request fields', () => {
  for (const key of ['FileName', 'fileName', 'filename', 'FILENAME']) {
    it(`are read when the key is written ${key}`, () => {
      assert.deepEqual(pickFields({ [key]: 'a' }, ['FileName']), { FileName: 'a' });
    });
  }

  it('prefer the documented spelling when two are there', () => {
    assert.deepEqual(pickFields({ fileName: 'b', FileName: 'a' }, ['FileName']), { FileName: 'a' });
  });

  it('leave the keys of a dictionary as they are', () => {
    assert.deepEqual(pickFields({ metadata: { aB: 1 } }, ['Metadata']), { Metadata: { aB: 1 } });
  });

  it('count as absent when they are empty or null', () => {
    assert.deepEqual(pickFields({ A: '', B: null }, ['A', 'B']), {});
  });

  for (const body of [undefined, null, 'text', [1]]) {
    it(`are refused when the body is ${JSON.stringify(body)}`, () => {
      assert.throws(() => pickFields(body, ['A']), { code: 'INVALID_REQUEST' });
    });
  }

  it('that do not fit are named without their value', () => {
    const schema = z.object({ ssn: z.string().regex(/^\d{9}$/) });
    assert.throws(
      () => parseFields(schema, { ssn: 'secret' }),
      (error: Error & { field?: string }) => error.field === 'ssn' && !error.message.includes('secret'),
    );
  });
});
