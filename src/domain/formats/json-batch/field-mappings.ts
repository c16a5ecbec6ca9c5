import { isPlainObject, isReservedKey, type PlainObject } from '../../normalize/free-value';
import { anyCase, textOf } from './keys';

export const mappingTypes = ['string', 'int', 'number', 'date', 'bool', 'array', 'object', 'list'] as const;
export type MappingType = (typeof mappingTypes)[number];

/** One column of `FieldMappings` (data-model B.6). */
export interface FieldMapping {
  /** Key in the records of the batch. */
  code: string;
  /** The field that it is. */
  name: string;
  /** Null when it is left out: values of a custom column are then taken in the types they have. */
  type: MappingType | null;
  /** Value to value, by the text of what is sent. */
  dictionary: ReadonlyMap<string, unknown> | null;
}

/** Mappings by their code. */
export type FieldMappings = ReadonlyMap<string, FieldMapping>;

/** Reads `FieldMappings`; a text says what is wrong with it. */
export function parseFieldMappings(source: PlainObject): FieldMappings | string {
  const mappings = new Map<string, FieldMapping>();
  const names = new Set<string>();
  for (const [i, [key, value]] of Object.entries(source).entries()) {
    const mapping = parseMapping(key, value);
    // The column is named by its place: a key may be anything, and a message holds nothing of the sender's.
    if (typeof mapping === 'string') return `column ${i + 1} of FieldMappings ${mapping}`;
    if (mappings.has(mapping.code) || names.has(mapping.name)) {
      return `column ${i + 1} of FieldMappings has the code or name of an earlier one`;
    }
    mappings.set(mapping.code, mapping);
    names.add(mapping.name);
  }
  return mappings;
}

function parseMapping(key: string, value: unknown): FieldMapping | string {
  if (!isPlainObject(value)) return 'is not an object';
  const code = textOf(anyCase(value, 'code')) ?? key;
  const name = textOf(anyCase(value, 'name')) ?? code;
  const type = textOf(anyCase(value, 'type'))?.toLowerCase() ?? null;
  if (isReservedKey(name)) return 'has a reserved name ($ or . in it, a leading _ or a trailing _id)';
  if (type !== null && !isMappingType(type)) return `has an unknown type; known are ${mappingTypes.join(', ')}`;
  const dictionary = parseDictionary(anyCase(value, 'dictionary'));
  return typeof dictionary === 'string' ? dictionary : { code, name, type, dictionary };
}

function isMappingType(type: string): type is MappingType {
  return (mappingTypes as readonly string[]).includes(type);
}

function parseDictionary(value: unknown): FieldMapping['dictionary'] | string {
  if (value === undefined || value === null || value === '') return null;
  if (!isPlainObject(value)) return 'has a dictionary that is not an object';
  const entries = Object.entries(value);
  if (entries.some(([, translated]) => typeof translated === 'object' && translated !== null)) {
    return 'has a dictionary with values that are not single values';
  }
  return new Map(entries);
}

/**
 * Compiles what the mappings do to a record: columns get the names of our fields and single values are translated by
 * their dictionary, in a list each of its values. A name that is not a field of ours, given to a code that is one, is
 * taken for a label and does not rename (the documentation calls both "name").
 */
export function compileMapping(
  mappings: FieldMappings,
  isField: (name: string) => boolean,
): (record: PlainObject) => PlainObject {
  const active = [...mappings.values()].flatMap((mapping) => {
    const to = targetOf(mapping, isField);
    return to === mapping.code && mapping.dictionary === null ? [] : [{ ...mapping, to }];
  });
  if (active.length === 0) return (record) => record;
  const byCode = new Map(active.map((mapping) => [mapping.code, mapping]));
  return (record) => {
    const renamed: [string, unknown][] = [];
    const kept: [string, unknown][] = [];
    for (const [key, value] of Object.entries(record)) {
      const mapping = byCode.get(key);
      if (mapping === undefined) kept.push([key, value]);
      else renamed.push([mapping.to, mapping.dictionary ? translate(value, mapping.dictionary) : value]);
    }
    // A mapped column says what it is, so it wins over a key that happens to have the same name.
    return Object.fromEntries([...kept, ...renamed]);
  };
}

/** The key under which a mapped column is read. */
export function targetOf({ code, name }: FieldMapping, isField: (name: string) => boolean): string {
  return isField(code) && !isField(name) ? code : name;
}

function translate(value: unknown, dictionary: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? item : translate(item, dictionary)));
  if (value === null || typeof value === 'object') return value;
  const text = String(value);
  if (dictionary.has(text)) return dictionary.get(text);
  const trimmed = text.trim();
  return dictionary.has(trimmed) ? dictionary.get(trimmed) : value;
}
