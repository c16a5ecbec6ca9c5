import assert from 'node:assert/strict';
import { createTurns } from '../../src/api/turns';
import { Refusal } from '../../src/doors/refusal';

describe('turns of queries', () => {
  it('let so many of a tenant run, the next ones wait in order, and others go ahead', async () => {
    const turns = createTurns({ atOnce: 2, mostWaiting: 2 });
    const began: string[] = [];
    const ends = new Map<string, () => void>();
    const start = (tenantId: number, name: string): Promise<void> =>
      turns.run(tenantId, () => {
        began.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      });
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    const all = ['a', 'b', 'c', 'd'].map((name) => start(1, name));
    await settle();
    assert.deepEqual(began, ['a', 'b']);
    await assert.rejects(start(1, 'e'), (error) => error instanceof Refusal && error.code === 'RATE_LIMITED');
    all.push(start(2, 'x'));
    await settle();
    assert.deepEqual(began, ['a', 'b', 'x']);
    ends.get('b')!();
    await settle();
    assert.deepEqual(began, ['a', 'b', 'x', 'c']);
    ends.get('a')!();
    await settle();
    for (const name of ['c', 'd', 'x']) ends.get(name)!();
    await Promise.all(all);
    assert.deepEqual(began, ['a', 'b', 'x', 'c', 'd']);
  });

  it('are given back by work that fails', async () => {
    const turns = createTurns({ atOnce: 1, mostWaiting: 0 });
    await assert.rejects(turns.run(1, () => Promise.reject(new Error('x'))));
    assert.equal(await turns.run(1, () => Promise.resolve('y')), 'y');
  });
});
