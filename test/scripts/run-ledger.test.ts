import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChild } from '../../scripts/stack/child';
import { openRunLedger, StackAlreadyRunning } from '../../scripts/stack/run-ledger';

describe('run ledger', () => {
  let folder: string;
  let runs: string;
  const reported: string[] = [];
  const options = { temporary: false, report: (line: string) => void reported.push(line) };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'careway-ledger-'));
    runs = path.join(folder, 'runs');
    reported.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const sleeper = () =>
    startChild({
      name: 'sleeper',
      command: 'sleep',
      args: ['60'],
      env: process.env,
      logDir: path.join(folder, 'logs'),
    });

  /** What a run looks like whose process was killed: its owner is a number that lives no more. */
  async function leaveBehind(dataDir: string, child: { pid: number }): Promise<void> {
    const ledger = await openRunLedger(runs, dataDir, options);
    ledger.record({ name: 'sleeper', ...child } as Parameters<typeof ledger.record>[0]);
    const file = path.join(runs, 'stack.json');
    const run = JSON.parse(readFileSync(file, 'utf8')) as { owner: { pid: number } };
    const gone = spawn('true');
    await once(gone, 'exit');
    writeFileSync(file, JSON.stringify({ ...run, owner: { ...run.owner, pid: gone.pid } }));
  }

  it('refuses a second run on the same folder', async () => {
    const ledger = await openRunLedger(runs, folder, options);
    await assert.rejects(openRunLedger(runs, folder, options), StackAlreadyRunning);
    ledger.close();
    (await openRunLedger(runs, folder, options)).close();
  });

  it('ends what a killed run left behind', async () => {
    const child = await sleeper();
    await leaveBehind(folder, child);
    (await openRunLedger(runs, folder, options)).close();
    assert.equal(await child.exited, 'signal SIGINT');
    assert.deepEqual(reported, ['ending what a killed run left behind: sleeper']);
  });

  it('leaves a process alone that only has the number of one of ours', async () => {
    const child = await sleeper();
    await leaveBehind(folder, child);
    const file = path.join(runs, 'stack.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("name":"sleeper","pid":\d+,"started":")\d+/, '$11'));
    (await openRunLedger(runs, folder, options)).close();
    assert.equal(child.exit(), undefined);
    await child.stop('SIGKILL');
  });

  it('removes the data folder of a temporary run', async () => {
    const dataDir = path.join(folder, 'data');
    mkdirSync(dataDir);
    const ledger = await openRunLedger(runs, dataDir, { ...options, temporary: true });
    ledger.close();
    assert.equal(existsSync(dataDir), false);
  });
});
