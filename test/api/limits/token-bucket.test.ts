import assert from 'node:assert/strict';
import { createTokenBuckets } from '../../../src/api/limits/token-bucket';

describe('a token bucket', () => {
  const rate = { perSecond: 10, burst: 3 };
  let nowMs = 0;
  const buckets = createTokenBuckets(() => nowMs);

  it('lets a burst through, then says how long to wait', () => {
    assert.deepEqual(
      Array.from({ length: 5 }, () => buckets.take('a', rate)),
      [0, 0, 0, 0.1, 0.1],
    );
  });

  it('has nothing to do with another', () => assert.equal(buckets.take('b', rate), 0));

  it('fills at its rate and no further than its burst', () => {
    nowMs += 100;
    assert.equal(buckets.wait('a', rate), 0);
    assert.deepEqual([buckets.take('a', rate), buckets.take('a', rate)], [0, 0.1]);
    nowMs += 60_000;
    assert.deepEqual(
      Array.from({ length: 4 }, () => buckets.take('a', rate)),
      [0, 0, 0, 0.1],
    );
  });

  it('is not emptied by those that it refuses', () => {
    for (let index = 0; index < 1000; index += 1) buckets.take('a', rate);
    nowMs += 101;
    assert.equal(buckets.take('a', rate), 0);
  });
});
