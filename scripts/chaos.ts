import { parseArgs } from 'node:util';
import { stopStack, useStack } from '../test/support/stack';
import { Arena } from './chaos/arena';
import { planRun } from './chaos/plan';

/*
 * `npm run chaos -- --runs 20 --seed 1 --rows 100000`: uploads the same rows again and again while a worker is killed,
 * PostgreSQL restarted, or S3 and SNS are away, at moments that the seed decides. Every run has to leave the records, the
 * ledger and the events of an undisturbed one.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: '100000' },
    'outage-seconds': { type: 'string', default: '20' },
  },
});

async function chaos(): Promise<number> {
  const [runs, seed, rows] = [Number(values.runs), Number(values.seed), Number(values.rows)];
  const stack = await useStack();
  const outageMs = Number(values['outage-seconds']) * 1000;
  const arena = await Arena.open(stack, { rows, outageMs, patienceMs: 600_000 + 6 * outageMs });
  const undisturbed = await arena.run([]);
  if (undisturbed.differences.length > 0) throw new Error(undisturbed.differences.join('\n'));
  print(`undisturbed: ${rows} rows in ${seconds(undisturbed.tookMs)}`);
  let failed = 0;
  for (let run = 1; run <= runs; run += 1) {
    const { tookMs, done, differences } = await arena.run(planRun(seed, run, undisturbed.tookMs));
    if (differences.length > 0) failed += 1;
    print(`run ${run}: ${differences.length ? 'DIFFERS' : 'same'}, ${seconds(tookMs)}: ${done.join('; ')}`);
    differences.forEach((difference) => print(`  ${difference}`));
  }
  await arena.close();
  print(`${runs - failed} of ${runs} runs left the same as the undisturbed one (seed ${seed}, ${rows} rows)`);
  return failed;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const print = (line: string): void => console.log(line);

chaos()
  .finally(stopStack)
  .then(
    (failed) => process.exit(failed === 0 ? 0 : 1),
    (error: unknown) => {
      console.error(error instanceof Error ? error.stack : String(error));
      process.exit(1);
    },
  );
