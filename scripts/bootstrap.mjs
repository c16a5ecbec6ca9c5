// Gets everything a run needs, once: packages, PostgreSQL, Temporal, the S3/SNS emulator, the compiled code.
// `npm start`, `npm run stack` and `npm test` run it first. Plain Node: it must work before anything is installed.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildSources } from './bootstrap/build.mjs';
import { dataDir, writeAtomically } from './bootstrap/files.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { findMinistack } from './bootstrap/ministack.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { findPostgres } from './bootstrap/postgres.mjs';
import { findTemporal } from './bootstrap/temporal.mjs';
import { MissingComponent } from './bootstrap/report.mjs';

async function bootstrap() {
  mkdirSync(dataDir, { recursive: true });
  installPackages();
  findPostgres();
  const components = { temporal: findTemporal(), ministack: findMinistack() };
  // What the stack starts; scripts/stack/components.ts reads it.
  writeAtomically(path.join(dataDir, 'components.json'), `${JSON.stringify(components, null, 2)}\n`);
  buildSources();
}

try {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new MissingComponent('node', `Node 20.19 or newer is needed, this is ${process.versions.node}`);
  }
  await withLock(bootstrap);
} catch (error) {
  if (!(error instanceof MissingComponent)) throw error;
  console.error(`${error.component.padEnd(11)} ${error.message}`);
  process.exit(1);
}
