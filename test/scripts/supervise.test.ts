import assert from 'node:assert/strict';
import type { Child } from '../../scripts/stack/child';
import { supervise } from '../../scripts/stack/supervise';
import { waitFor } from '../../scripts/stack/wait';

/** A child that ends when it is told to. */
function fakeChild(pid: number): Child & { end: () => void } {
  let end = (): void => undefined;
  const exited = new Promise<string>((resolve) => {
    end = () => resolve('code 1');
  });
  const stop = async (): Promise<void> => end();
  const log = { logFile: '', output: () => '' };
  return { name: 'fake', pid, exited, exit: () => undefined, isStopping: () => false, kill: end, stop, end, ...log };
}

describe('supervision', () => {
  it('starts a process again that ended, and not one that was stopped', async () => {
    const children: ReturnType<typeof fakeChild>[] = [];
    const start = async (): Promise<Child> => {
      children.push(fakeChild(children.length + 1));
      return children.at(-1)!;
    };
    const reported: string[] = [];
    const supervised = await supervise('worker', start, (line) => void reported.push(line), { pauseMs: 1 });
    children[0]?.end();
    await waitFor('a second start', async () => reported.length > 0, { timeoutMs: 1000, everyMs: 1 });
    assert.deepEqual(reported, ['worker started again (process 2)']);
    await supervised.stop();
    assert.equal(children.length, 2);
  });

  it('gives up on a process that keeps ending', async () => {
    let starts = 0;
    const start = async (): Promise<Child> => {
      starts += 1;
      const child = fakeChild(starts);
      child.end();
      return child;
    };
    const reported: string[] = [];
    await supervise('api', start, (line) => void reported.push(line), { pauseMs: 1 });
    await waitFor('the end', async () => reported.at(-1)?.includes('left stopped'), { timeoutMs: 1000, everyMs: 1 });
    assert.equal(starts, 6);
  });
});
