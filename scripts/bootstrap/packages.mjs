import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from './files.mjs';
import { firstLines, MissingComponent, run, say, seconds } from './report.mjs';

/** Installs the locked packages when they are missing or not the locked ones. */
export function installPackages() {
  const reason = whyStale();
  if (!reason) return say('packages', 'installed, as locked');
  say('packages', `${reason}: npm ci (about a minute)`);
  const started = Date.now();
  const result = run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: repoRoot, shell: process.platform === 'win32' });
  if (!result.ok) throw new MissingComponent('packages', `npm ci failed:\n${firstLines(result.output)}`);
  say('packages', `installed in ${seconds(started)}`);
}

/** npm keeps a list of what it installed; a package that is not on it, or in another version, makes the tree stale. */
function whyStale() {
  const installedList = path.join(repoRoot, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return 'not installed';
  const installed = JSON.parse(readFileSync(installedList, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(path.join(repoRoot, 'package-lock.json'), 'utf8')).packages;
  for (const [name, entry] of Object.entries(locked)) {
    // Optional ones may be for another platform, links have no version of their own.
    if (name === '' || entry.link || (entry.optional && !installed[name])) continue;
    if (installed[name]?.version !== entry.version)
      return `${name.replace('node_modules/', '')} is not ${entry.version}`;
  }
  return undefined;
}
