import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dataDir } from './files.mjs';
import { say } from './report.mjs';

const lockFile = path.join(dataDir, 'bootstrap.lock');

/** Two runs in one tree must not install or compile over each other: the second waits and then finds all done. */
export async function withLock(work) {
  mkdirSync(dataDir, { recursive: true });
  let told = false;
  while (!take()) {
    const owner = ownerOf();
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) say('bootstrap', `another run (process ${owner ?? 'unknown'}) is preparing this tree, waiting for it`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function take() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    // process.exit() inside the work would skip the finally above.
    process.once('exit', () => ownerOf() === process.pid && rmSync(lockFile, { force: true }));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf() {
  try {
    return Number(readFileSync(lockFile, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
