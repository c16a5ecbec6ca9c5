import path from 'node:path';

/** From dist/scripts/stack. */
export const repoRoot = path.resolve(__dirname, '../../..');

/** Where everything lives that a local stack keeps; git ignores it. */
export const defaultDataDir = path.join(repoRoot, '.careway');
