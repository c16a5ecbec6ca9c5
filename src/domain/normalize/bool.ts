import type { ScalarClass } from './scalar-class';

const spellings: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
  ['y', true],
  ['n', false],
  ['yes', true],
  ['no', false],
]);

/** true/false, 1/0, Y/N in any case (data-model A.11). */
export const boolClass: ScalarClass = {
  normalize: (text) => spellings.get(text) ?? spellings.get(text.toLowerCase()) ?? text,
  validate: (value) => (typeof value === 'boolean' ? null : 'INVALID_BOOLEAN'),
};
