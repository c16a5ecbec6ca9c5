import type { RowCode } from '../codes';

/** Deeper nesting than this is nobody's data, and recursion over it could exhaust the stack. */
const maxDepth = 32;

export type PlainObject = Readonly<Record<string, unknown>>;

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a custom key may not be used: it is empty, holds `$` or `.` or a character that cannot be stored, begins with
 * `_` or ends with `_id` (data-model A.0.3).
 */
export function isReservedKey(key: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return key === '' || key.startsWith('_') || key.endsWith('_id') || /[$.\u0000-\u001f\p{Surrogate}]/u.test(key);
}

/**
 * A custom value as it came, with the keys of its objects sorted, so that the same content gives the same text.
 * `fault` learns of reserved keys and of nesting that is too deep.
 */
export function canonicalFree(value: unknown, fault: (code: RowCode) => void, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maxDepth) {
    fault('INVALID_JSON');
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => canonicalFree(item, fault, depth + 1));
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isReservedKey(key)) fault('FIELD_NAME_RESERVED');
    else result[key] = canonicalFree(item, fault, depth + 1);
  }
  return result;
}
