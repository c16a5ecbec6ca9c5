import assert from 'node:assert/strict';
import { createPacer } from '../../../src/api/limits/pacer';

describe('a pacer', () => {
  it('does work in order of arrival, so much of it at a time', async () => {
    const pacer = createPacer({ everyMs: 1, atOnce: 2, mostWaiting: 10 });
    const done: number[] = [];
    const counts: number[] = [];
    await new Promise<void>((resolve) => {
      for (let number = 0; number < 5; number += 1) {
        pacer(() => {
          if (done.length % 2 === 0) counts.push(done.length);
          done.push(number);
          // What comes in the meantime goes to the end.
          if (number === 0) pacer(resolve);
        });
      }
    });
    assert.deepEqual(done, [0, 1, 2, 3, 4]);
    assert.deepEqual(counts, [0, 2, 4]);
  });

  it('begins again after a pause', async () => {
    const pacer = createPacer({ everyMs: 1, atOnce: 1, mostWaiting: 1 });
    await new Promise<void>((resolve) => assert.ok(pacer(resolve)));
    await new Promise<void>((resolve) => assert.ok(pacer(resolve)));
  });

  it('takes no more than may wait', async () => {
    const pacer = createPacer({ everyMs: 1, atOnce: 1, mostWaiting: 2 });
    const done: string[] = [];
    assert.ok(pacer(() => done.push('first')));
    await new Promise<void>((resolve) => {
      assert.ok(pacer(resolve));
      assert.ok(!pacer(() => done.push('too many')));
    });
    assert.deepEqual(done, ['first']);
  });
});
