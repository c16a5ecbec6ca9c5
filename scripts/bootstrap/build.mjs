import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from './files.mjs';
import { MissingComponent, run, say, seconds } from './report.mjs';

const sourceFolders = ['src', 'test', 'scripts', 'bench', 'cli'];
const dist = path.join(repoRoot, 'dist');
const marker = path.join(dist, '.built');

/** Compiles when a source is newer than the last build, and removes what has lost its source. */
export function buildSources() {
  const sources = sourceFolders
    .flatMap((folder) => filesUnder(repoRoot, folder))
    .filter((file) => file.endsWith('.ts'));
  const outputs = new Set(
    sources.filter((file) => !file.endsWith('.d.ts')).map((file) => file.replace(/\.ts$/, '.js')),
  );
  removeOrphans(outputs);
  const isWhole = [...outputs].every((file) => existsSync(path.join(dist, file)));
  if (isWhole && isNewerThan(sources)) return say('build', 'up to date');
  // The compiler believes its own notes about what it wrote; where a file is missing they are wrong.
  if (!isWhole) rmSync(path.join(dist, 'tsconfig.tsbuildinfo'), { force: true });
  compile();
}

function isNewerThan(sources) {
  if (!existsSync(marker)) return false;
  const built = statSync(marker).mtimeMs;
  const inputs = [...sources, 'tsconfig.json', 'package-lock.json'];
  return inputs.every((file) => statSync(path.join(repoRoot, file)).mtimeMs < built);
}

function compile() {
  const started = Date.now();
  const compiler = path.join(repoRoot, 'node_modules/typescript/bin/tsc');
  const result = run(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], { cwd: repoRoot });
  if (!result.ok) throw new MissingComponent('build', `tsc found errors:\n${result.output}`);
  const bundled = run(process.execPath, [path.join(dist, 'scripts/bundle-workflows.js')], { cwd: repoRoot });
  if (!bundled.ok) throw new MissingComponent('build', `the workflows cannot be bundled:\n${bundled.output}`);
  mkdirSync(dist, { recursive: true });
  writeFileSync(marker, '');
  // The time the build began: a source saved while it ran is newer.
  utimesSync(marker, started / 1000, started / 1000);
  say('build', `compiled in ${seconds(started)}`);
}

/** Otherwise mocha would go on running the test that was renamed or taken away. */
function removeOrphans(outputs) {
  for (const file of sourceFolders.flatMap((folder) => filesUnder(dist, folder))) {
    if (/\.js(\.map)?$/.test(file) && !outputs.has(file.replace(/\.map$/, ''))) rmSync(path.join(dist, file));
  }
}

function filesUnder(root, folder) {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}
