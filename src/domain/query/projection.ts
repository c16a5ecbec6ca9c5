import type { EntityDefinition } from '../entities/definition';
import { findField, type QueryField } from './fields';
import { QueryFault, shortName } from './query-fault';

/** A function of PostgreSQL takes no more arguments, and the parts of a record are those of one. */
const mostFields = 100;

/**
 * Understands the list of fields that answers should hold (data-model C.2), each once; undefined for whole records.
 * @throws QueryFault
 */
export function readProjection(definition: EntityDefinition, raw: unknown): readonly QueryField[] | undefined {
  if (raw === undefined) return undefined;
  if (!Array.isArray(raw)) throw new QueryFault('Fields', 'a list of names of fields');
  if (raw.length === 0) return undefined;
  if (raw.length > mostFields) throw new QueryFault('Fields', `at most ${mostFields} fields`);
  const fields = raw.map((name: unknown) => {
    if (typeof name !== 'string') throw new QueryFault('Fields', 'a list of names of fields');
    const field = findField(definition, name);
    if (!field) throw new QueryFault(`Fields.${shortName(name)}`, 'not a field of this entity');
    return field;
  });
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

/** What is fetched of a document for a field: all of the first list on the way, since items are picked from it later. */
export function fetchedPath({ path, listAt }: QueryField): readonly string[] {
  return listAt === undefined ? path : path.slice(0, listAt);
}

type Json = unknown;
type JsonObject = Record<string, Json>;

/**
 * Puts fetched parts together as the record has them, with nothing beside the fields that were asked for. Of lists every
 * item stays, with the fields asked for.
 * @param parts for each field what stands at its `fetchedPath`, null or undefined where there is nothing
 */
export function assembleFields(fields: readonly QueryField[], parts: readonly Json[]): JsonObject {
  const record: JsonObject = {};
  fields.forEach((field, i) => {
    const part = parts[i];
    if (part === null || part === undefined) return;
    const at = fetchedPath(field);
    const picked = pick(part, field.path.slice(at.length));
    if (picked !== undefined) put(record, at, picked);
  });
  return record;
}

function pick(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, path) ?? {});
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const below = pick((value as JsonObject)[key], rest);
  return below === undefined ? undefined : { [key]: below };
}

function put(record: JsonObject, path: readonly string[], value: Json): void {
  const [key, ...rest] = path as [string, ...string[]];
  const before = Object.hasOwn(record, key) ? record[key] : undefined;
  const next = rest.length === 0 ? value : {};
  if (rest.length > 0) {
    const inner = isObject(before) ? before : (next as JsonObject);
    put(inner, rest, value);
    define(record, key, inner);
  } else define(record, key, merge(before, next));
}

/** Two fields of one list: their items are put together, place by place. */
function merge(a: Json, b: Json): Json {
  if (Array.isArray(a) && Array.isArray(b)) return b.map((item, i) => merge(a[i], item));
  if (!isObject(a) || !isObject(b)) return b ?? a;
  const merged: JsonObject = {};
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) define(merged, key, merge(a[key], b[key]));
  return merged;
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key named `__proto__` is a key like others. */
function define(target: JsonObject, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
