import assert from 'node:assert/strict';
import { Arena } from '../../scripts/chaos/arena';
import { createRandom, disturbanceKinds, planRun } from '../../scripts/chaos/plan';
import { useStack } from '../support/stack';

describe('chaos', function () {
  this.timeout(300_000);

  it('is the same for the same seed', () => {
    assert.deepEqual(planRun(7, 3, 10_000), planRun(7, 3, 10_000));
    assert.notDeepEqual(planRun(7, 3, 10_000), planRun(8, 3, 10_000));
    const random = createRandom(1);
    const mean = Array.from({ length: 10_000 }, random).reduce((sum, value) => sum + value, 0) / 10_000;
    assert.ok(Math.abs(mean - 0.5) < 0.02);
  });

  it('disturbs every run while it goes on, in each of its ways', () => {
    const plans = Array.from({ length: 100 }, (_, run) => planRun(1, run, 10_000));
    assert.ok(plans.every(([first]) => first && first.atMs < 20_000));
    assert.deepEqual([...new Set(plans.flat().map(({ kind }) => kind))].sort(), [...disturbanceKinds].sort());
  });

  // More of it: `npm run chaos`.
  it('leaves the same records, ledger and events as an undisturbed upload, in two runs', async () => {
    const arena = await Arena.open(await useStack(), { rows: 10_000, outageMs: 3_000, patienceMs: 120_000 });
    try {
      const undisturbed = await arena.run([]);
      assert.deepEqual(undisturbed.differences, []);
      const first = await arena.run([
        { kind: 'postgres-immediate', atMs: 0.3 * undisturbed.tookMs },
        { kind: 'worker-kill', atMs: 0.8 * undisturbed.tookMs },
      ]);
      assert.deepEqual(first.differences, [], first.done.join('; '));
      const second = await arena.run([{ kind: 'aws-outage', atMs: 0.2 * undisturbed.tookMs }]);
      assert.deepEqual(second.differences, [], second.done.join('; '));
    } finally {
      await arena.close();
    }
  });
});
