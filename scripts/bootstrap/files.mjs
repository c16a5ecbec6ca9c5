import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const repoRoot = path.resolve(import.meta.dirname, '../..');
export const dataDir = path.join(repoRoot, '.careway');
/** Outside the tree, so that a second checkout finds what the first one built. */
export const cacheDir = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'careway');

/** A reader sees the old content or the new, never half of it. */
export function writeAtomically(file, content) {
  const partial = temporaryName(file);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(partial, content);
  renameSync(partial, file);
}

/** A name beside the target for one process alone: what is built there is renamed when it is whole. */
export function temporaryName(target) {
  return `${target}.${process.pid}.partial`;
}
