import assert from 'node:assert/strict';
import { isUsable, namesTenant } from '../../src/api/auth';

const now = new Date('2026-01-15T12:00:00Z');
const before = new Date('2026-01-15T11:59:59Z');
const after = new Date('2026-01-15T12:00:01Z');

describe('an API key', () => {
  for (const [what, key, usable] of [
    ['without an end is good', { expiresAt: null, revokedAt: null }, true],
    ['is good before it expires', { expiresAt: after, revokedAt: null }, true],
    ['is no good at the moment it expires', { expiresAt: now, revokedAt: null }, false],
    ['is no good after it expired', { expiresAt: before, revokedAt: null }, false],
    ['is no good once revoked', { expiresAt: null, revokedAt: before }, false],
  ] as const) {
    it(what, () => assert.equal(isUsable(key, now), usable));
  }
});

describe('the override headers', () => {
  const tenant = { workspaceId: 'w', bucketId: 'b' };
  for (const [workspaceId, bucketId, fits] of [
    [undefined, undefined, true],
    ['w', 'b', true],
    ['w', undefined, true],
    ['x', 'b', false],
    ['w', 'x', false],
    ['', 'b', false],
  ] as const) {
    it(`${workspaceId} and ${bucketId} ${fits ? 'fit' : 'do not fit'}`, () => {
      assert.equal(namesTenant(tenant, workspaceId, bucketId), fits);
    });
  }
});
