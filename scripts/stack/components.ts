import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultDataDir } from './paths';

/** A component that runs elsewhere, or the program that starts it. */
export type Component = { kind: 'external' } | { kind: 'program'; path: string };

export interface Components {
  temporal: Component;
  ministack: Component;
}

/** What scripts/bootstrap.mjs found on this machine. */
export function readComponents(): Components {
  const file = path.join(defaultDataDir, 'components.json');
  if (!existsSync(file)) throw new Error('Run `node scripts/bootstrap.mjs` first: it finds what the stack starts');
  return JSON.parse(readFileSync(file, 'utf8')) as Components;
}
