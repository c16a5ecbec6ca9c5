import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDir, repoRoot, temporaryName } from './files.mjs';
import { lastLines, MissingComponent, run, say, seconds } from './report.mjs';

const requirements = path.join(repoRoot, 'tools/ministack/requirements.txt');

/** Where S3 and SNS are: an endpoint, or the Python with the emulator in it. */
export function findMinistack() {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (endpoint) {
    say('s3 and sns', `external, at ${endpoint}`);
    return { kind: 'external' };
  }
  const version = /^ministack==(\S+)/m.exec(readFileSync(requirements, 'utf8'))?.[1];
  const folder = path.join(cacheDir, `ministack-${version}`);
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  // Imported, not only found: the Python that an environment was made from may have gone since.
  if (run(python, ['-c', 'import ministack']).ok) say('s3 and sns', `ministack ${version}, from the cache`);
  else install(folder, version);
  return { kind: 'program', path: python };
}

function install(folder, version) {
  const started = Date.now();
  const python = ['python3', 'python'].find(
    (name) => run(name, ['-c', 'import sys; assert sys.version_info >= (3, 10)']).ok,
  );
  if (!python) {
    const advice = 'install Python 3.10 or newer with its venv module, or set AWS_ENDPOINT_URL';
    throw new MissingComponent('s3 and sns', `there is no Python for the emulator: ${advice}`);
  }
  say('s3 and sns', `installing ministack ${version}, about 10 seconds, once`);
  mkdirSync(cacheDir, { recursive: true });
  const partial = temporaryName(folder);
  must(python, ['-m', 'venv', partial], 'install the venv module of Python (Debian: apt-get install python3-venv)');
  const inside = path.join(partial, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  must(inside, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], 'see the reason above');
  rmSync(folder, { recursive: true, force: true });
  // Renaming breaks the environment's own scripts but not `python -m`, which is how it is started.
  renameSync(partial, folder);
  say('s3 and sns', `ministack ${version}, installed in ${seconds(started)}`);

  function must(command, args, advice) {
    const result = run(command, args);
    if (result.ok) return;
    rmSync(partial, { recursive: true, force: true });
    const failed = [command, ...args].join(' ');
    throw new MissingComponent('s3 and sns', `${failed} failed:\n${lastLines(result.output)}\n${advice}`);
  }
}
