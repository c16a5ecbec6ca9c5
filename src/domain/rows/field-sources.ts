import type { EntityDefinition } from '../entities/definition';
import type { PlainObject } from '../normalize/free-value';
import { parseJsonCell } from '../normalize/json-cell';

/** Keys that the service itself maintains: records that were downloaded may bring them back, and they are ignored. */
const systemKeys: ReadonlySet<string> = new Set(['id', 'modified']);

/** What stands in the record for a value that is kept apart: the hash of its text. */
export function apartKey(field: string): string {
  return `${field}Hash`;
}

/** Where the value of a field may stand in a record. */
export interface FieldSource {
  /** Spellings of its key, the documented one first. */
  names: readonly string[];
  /** Top-level keys that belong inside this object field. */
  lifted: readonly { from: string; to: string }[];
}

/** Sources of the fields of a definition, in its order (data-model E-14, E-15, E-36). */
export function fieldSources(definition: EntityDefinition): readonly FieldSource[] {
  return definition.fields.map(({ name, aliases = [], fields = [] }) => ({
    names: [name, ...aliases],
    lifted: fields.flatMap((inner) => (inner.outerAliases ?? []).map((from) => ({ from, to: inner.name }))),
  }));
}

/** Whether a top-level key is read by a field of the definition, or ignored on purpose. */
export function isKnownKey(definition: EntityDefinition): (key: string) => boolean {
  const sources = fieldSources(definition);
  const known = new Set(sources.flatMap(({ names, lifted }) => [...names, ...lifted.map(({ from }) => from)]));
  for (const { name, apart } of definition.fields) if (apart) known.add(apartKey(name));
  return (key) => known.has(key) || systemKeys.has(key);
}

/** Whether a key is the name of a field of the definition, or another spelling that is read as one. */
export function isFieldOf(definition: EntityDefinition): (key: string) => boolean {
  const names = new Set(fieldSources(definition).flatMap((source) => source.names));
  return (key) => names.has(key);
}

/** Adds values that stand at the top level of a record to one of its objects (data-model E-15: customerId). */
export function liftInto(raw: unknown, lifted: PlainObject): unknown {
  const source = typeof raw === 'string' ? parseJsonCell(raw) : raw;
  if (source === undefined || source === null) return lifted;
  return typeof source === 'object' && !Array.isArray(source) ? { ...lifted, ...source } : raw;
}
