import assert from 'node:assert/strict';
import type { FieldDefinition } from '../../../src/domain/entities/definition';
import { compileReader } from '../../../src/domain/normalize/reader';

export const today = '20260115';

/** What a value becomes as the field `f`, and the codes that were reported on the way. */
export function read(field: Omit<FieldDefinition, 'name' | 'description'>, value: unknown): [unknown, ...string[]] {
  const codes: string[] = [];
  const reader = compileReader({ name: 'f', description: '', ...field }, 'f', { today });
  const result = reader(value, (code, at) => codes.push(at === 'f' ? code : `${at} ${code}`));
  return [result, ...codes];
}

/** One test per line of a table: what is read, what it becomes, codes. */
export function readsAs(
  field: Omit<FieldDefinition, 'name' | 'description'>,
  cases: readonly (readonly [input: unknown, value: unknown, ...codes: string[]])[],
): void {
  for (const [input, ...expected] of cases) {
    it(`reads ${JSON.stringify(input)} as ${expected.map((part) => JSON.stringify(part)).join(' ')}`, () => {
      assert.deepEqual(read(field, input), expected);
    });
  }
}
