import type { Random } from './plausible';

/** Texts that have broken parsers and databases before. */
const nastyTexts = [
  '',
  ' ',
  '|',
  '||||',
  '#/#',
  '#Enter#',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\\',
  '\\N',
  '\\.',
  '"',
  "'; DROP TABLE records; --",
  '{"a":',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '['.repeat(200),
  `${'['.repeat(40)}${']'.repeat(40)}`,
  '{"a":"\\u0000","b":"\\ud800"}',
  '["\\u0000"]',
  '__proto__',
  'null',
  'NaN',
  '-0',
  '1e999',
  '99999999999999999999',
  '20260230',
  '0000-00-00',
  '\u0000',
  '\u202e',
  'e\u0301',
  '\u{1f600}',
  'İ',
  '٣',
  'x'.repeat(5000),
  '00|',
  '10|',
  '90|',
  '99|',
  '99|1',
];

const nastyValues: readonly unknown[] = [
  null,
  true,
  0,
  -0.5,
  1e300,
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: { b: { c: [1, 'x', null] } } },
  { $where: 1, 'a.b': 2, _id: 3, x_id: 4 },
  '\ud800',
  '\u0000',
  JSON.parse('{"__proto__":{"x":1}}'),
  Array.from({ length: 50 }, (_, i) => i),
  nested(60),
];

function nested(depth: number): unknown {
  return depth === 0 ? 'x' : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random(items.length)] as Item;
}

/** A copy, as later changes may reach into it. */
function nastyValue(random: Random): unknown {
  return structuredClone(pick(nastyValues, random));
}

/** Changes some bytes: overwritten, put in, taken out, repeated, cut off. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let i = random(4); i >= 0; i -= 1) {
    const at = random(mutated.length + 1);
    const to = Math.min(mutated.length, at + 1 + random(40));
    const [head, middle, tail] = [mutated.subarray(0, at), mutated.subarray(at, to), mutated.subarray(to)];
    const parts = [
      () => [head, Buffer.from([random(256)]), mutated.subarray(at + 1)],
      () => [head, Buffer.from(pick(nastyTexts, random)), middle, tail],
      () => [head, Buffer.from(pick(nastyTexts, random)), tail],
      () => [head, tail],
      () => [head, middle, middle, tail],
      () => [tail, head],
      () => (random(4) === 0 ? [head] : [mutated]),
    ];
    mutated = Buffer.concat(pick(parts, random)());
  }
  return mutated;
}

/** Changes cells, fields and lines of a sync file; most of the time its row 99 is made right again. */
export function mutateFile(file: string, random: Random): Buffer {
  const lines = file.trimEnd().split('\n');
  for (let i = random(6); i >= 0; i -= 1) {
    // The header less often, as a file that is broken there says nothing about its rows.
    const at = random(3) === 0 ? random(lines.length) : Math.min(lines.length - 1, 4 + random(lines.length));
    const cells = (lines[at] ?? '').split('|');
    cells[random(cells.length)] = pick(nastyTexts, random);
    const changed = random(12) === 0 ? pick(lines, random) : cells.join('|');
    if (random(15) === 0) lines.splice(at, 1);
    else lines[at] = changed;
  }
  if (random(4) > 0) {
    const body = lines
      .slice(4)
      .join('\n')
      .split('\n')
      .filter((line) => !line.startsWith('99'));
    const rows = body.filter((line) => /^(10|90)(\||\r?$)/.test(line)).length;
    lines.splice(4, lines.length, ...body, `99|${rows}`);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** Replaces, adds or removes values anywhere in a JSON value; it works on a copy. */
export function mutateJson(source: object, random: Random): object {
  const root = structuredClone(source) as Record<string, unknown>;
  for (let i = random(5); i >= 0; i -= 1) {
    let parent = root;
    let key = pick(Object.keys(parent), random);
    for (;;) {
      const child = parent[key];
      if (typeof child !== 'object' || child === null || Object.keys(child).length === 0) break;
      if (random(7) === 0) break;
      parent = child as Record<string, unknown>;
      // Of the records rather than of the header.
      const keys = Object.keys(parent);
      key = keys.includes('data') && keys.includes('header') && random(3) > 0 ? 'data' : pick(keys, random);
    }
    // A property of its own also where the key would otherwise reach the prototype.
    const set = (name: string, value: unknown): object =>
      Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
    const action = random(8);
    if (action === 0 && parent !== root) delete parent[key];
    else if (action === 1 && !Array.isArray(parent)) set(pick(nastyTexts, random), nastyValue(random));
    else set(key, action < 5 ? nastyValue(random) : pick(nastyTexts, random));
  }
  return root;
}
