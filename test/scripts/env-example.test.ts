import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../../scripts/stack/paths';

const read = (file: string): string => readFileSync(path.join(repoRoot, file), 'utf8');

describe('.env.example', () => {
  it('documents every setting and no other', () => {
    const known =
      read('src/platform/config.ts')
        .match(/^ {2}CAREWAY_\w+(?=: z)/gm)
        ?.map((name) => name.trim()) ?? [];
    const documented =
      read('.env.example')
        .match(/^#?CAREWAY_\w+(?==)/gm)
        ?.map((name) => name.replace('#', '')) ?? [];
    assert.ok(known.length > 0);
    assert.deepEqual(documented.sort(), known.sort());
  });
});

describe('docs/dependencies.md', () => {
  it('names every package of ours', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const text = read('docs/dependencies.md');
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => {
      // `@scope/a`, `b` is a list of one scope.
      const [scope, last] = name.split('/');
      return !text.includes(`\`${name}\``) && !(last && text.includes(`\`${scope}/`) && text.includes(`\`${last}\``));
    });
    assert.deepEqual(missing, []);
  });
});
