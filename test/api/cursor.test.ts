import assert from 'node:assert/strict';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../src/api/cursor';

const schema = z.tuple([z.string(), z.int()]);

describe('a cursor', () => {
  it('gives back the position it was made of', () => {
    assert.deepEqual(decodeCursor(schema, encodeCursor(['family', 7])), ['family', 7]);
  });

  for (const [what, cursor] of Object.entries({
    'that is no base64': '%%%',
    'that is cut off': encodeCursor(['family', 7]).slice(0, -3),
    'of another list': encodeCursor(['7']),
    'with something added': `${encodeCursor(['family', 7])}=`,
  })) {
    it(`${what} is refused`, () => {
      assert.throws(() => decodeCursor(schema, cursor), { code: 'INVALID_REQUEST', field: 'cursor' });
    });
  }
});
