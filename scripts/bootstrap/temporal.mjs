import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDir, repoRoot, temporaryName } from './files.mjs';
import { lastLines, MissingComponent, run, say, seconds } from './report.mjs';

/** The version tools/temporal/go.mod pins. */
const version = '1.5.1';
const suffix = process.platform === 'win32' ? '.exe' : '';
const cached = path.join(cacheDir, `temporal-${version}${suffix}`);

/** Where the Temporal server is: an address, or the program to start. */
export function findTemporal() {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address) {
    say('temporal', `external, at ${address}`);
    return { kind: 'external' };
  }
  const onPath = run('temporal', ['--version']);
  if (onPath.ok) {
    say('temporal', `on PATH, ${onPath.output.split('\n')[0]}`);
    return { kind: 'program', path: 'temporal' };
  }
  if (existsSync(cached)) say('temporal', `${version}, from the cache`);
  else obtain();
  return { kind: 'program', path: cached };
}

function obtain() {
  mkdirSync(cacheDir, { recursive: true });
  const started = Date.now();
  const failure = download();
  if (!failure) return say('temporal', `${version}, downloaded in ${seconds(started)}`);
  const go = run('go', ['version']);
  if (!go.ok) {
    const advice = 'install Go 1.25 or newer, or put `temporal` on PATH, or set TEMPORAL_ADDRESS';
    throw new MissingComponent('temporal', `${failure}, and there is no Go to build it with: ${advice}`);
  }
  say('temporal', `${failure}: building ${version} with Go, 2 to 5 minutes on two idle cores, once`);
  const partial = temporaryName(cached);
  const args = ['build', '-trimpath', '-ldflags', `-s -w -X ${versionVariable}=${version}`, '-o', partial, program];
  const built = run('go', args, { cwd: path.join(repoRoot, 'tools/temporal') });
  if (!built.ok) {
    rmSync(partial, { force: true });
    throw new MissingComponent('temporal', `go build in tools/temporal failed:\n${lastLines(built.output)}`);
  }
  renameSync(partial, cached);
  say('temporal', `${version}, built in ${seconds(started)}`);
}

const program = 'github.com/temporalio/cli/cmd/temporal';
const versionVariable = 'github.com/temporalio/cli/temporalcli.Version';

/** Lets the SDK fetch the program; in a child, so that a network that swallows packets costs a minute at most. */
function download() {
  const folder = temporaryName(path.join(cacheDir, 'temporal-download'));
  mkdirSync(folder, { recursive: true });
  const server = { executable: { type: 'cached-download', version: `v${version}`, downloadDir: folder } };
  const script = `
    const { TestWorkflowEnvironment } = require('@temporalio/testing');
    TestWorkflowEnvironment.createLocal({ server: ${JSON.stringify(server)} }).then((server) => server.teardown());`;
  const result = run(process.execPath, ['-e', script], { cwd: repoRoot, timeout: 60_000 });
  const file = readdirSync(folder).find((name) => name.startsWith('temporal'));
  if (result.ok && file) {
    chmodSync(path.join(folder, file), 0o755);
    renameSync(path.join(folder, file), cached);
  }
  rmSync(folder, { recursive: true, force: true });
  return existsSync(cached) ? undefined : 'not on PATH, and it cannot be downloaded';
}
