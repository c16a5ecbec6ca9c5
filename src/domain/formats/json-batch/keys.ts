import { isPlainObject, type PlainObject } from '../../normalize/free-value';

/**
 * The value of a key of the envelope, in whatever case it came: the documentation itself writes `FieldMappings` and
 * `fieldMappings` (data-model E-09). The exact spelling wins. Keys of records are never looked up like this.
 */
export function anyCase(source: PlainObject, name: string): unknown {
  if (Object.hasOwn(source, name)) return source[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(source).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : source[key];
}

/** A text that is not blank, trimmed; numbers count as their digits. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** An object, also when it is left out or null; undefined when something else stands there. */
export function objectOf(value: unknown): PlainObject | undefined {
  return value === undefined || value === null ? {} : isPlainObject(value) ? value : undefined;
}

/** A list, also when it is left out or null; undefined when something else stands there. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : undefined;
}
