import { apartKey } from '../rows/field-sources';
import type { EntityDefinition, FieldDefinition, FieldKind } from '../entities/definition';

/** How values of a field compare. `any`: by the type of the value asked for, for attributes that no definition knows. */
export type ComparedAs = 'text' | 'date' | 'number' | 'bool' | 'id' | 'moment' | 'any';

/** Columns of a record beside its document; the dates are those of the document, kept apart for an index. */
export type RecordColumn = 'id' | 'entityId' | 'modified' | 'disabled' | 'startDate' | 'endDate';

/** A field that can be asked for, by the name in which it is documented. */
export interface QueryField {
  name: string;
  comparedAs: ComparedAs;
  /** Set where the field has a column. */
  column?: RecordColumn;
  /** Keys from the top of the document down. */
  path: readonly string[];
  /** Number of keys up to and with the first list on the way: below it a record has many values of the field. */
  listAt?: number;
  /** An object or a list of objects: it is there or not, but does not compare. */
  container?: true;
}

const systemFields: readonly QueryField[] = [
  { name: 'id', comparedAs: 'id', column: 'id', path: ['id'] },
  { name: 'entityId', comparedAs: 'text', column: 'entityId', path: ['entityId'] },
  { name: 'modified', comparedAs: 'moment', column: 'modified', path: ['modified'] },
];

/** Objects that take other keys than those the definition knows (data-model A.0.1). */
const customObjects = ['data', 'customerFields', 'metadata'];

const longestKey = 100;
const mostKeys = 10;

/**
 * Finds a field by its name: a system field, one of the definition, nested ones with dots, or any key below an object
 * that takes custom ones, as `data.school` (data-model A.0.1). Names of the definition are read in any case and by their
 * other spellings, custom keys only as they are (A.0.3). Undefined when the entity has no such field.
 */
export function findField(definition: EntityDefinition, name: string): QueryField | undefined {
  const system = systemFields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (system) return system;
  const keys = name.split('.');
  if (keys.length > mostKeys) return undefined;
  const found = descend(definition.fields, keys);
  return found && withColumn(found);
}

function descend(fields: readonly FieldDefinition[], keys: readonly string[]): QueryField | undefined {
  const path: string[] = [];
  let known: readonly FieldDefinition[] = fields;
  let listAt: number | undefined;
  let takesCustomKeys = false;
  for (const [depth, key] of keys.entries()) {
    const field = lookUp(known, key);
    if (!field && depth === 0 && keys.length === 1 && isApartKey(known, key)) {
      return { name: key, comparedAs: 'text', path: [key] };
    }
    if (!field) {
      const isCustom = takesCustomKeys && keys.slice(depth).every(isCustomKey);
      const whole = [...path, ...keys.slice(depth)];
      return isCustom ? { name: whole.join('.'), comparedAs: 'any', path: whole, ...listed(listAt) } : undefined;
    }
    path.push(field.name);
    const isLast = depth === keys.length - 1;
    if (isLast) return leaf(field, path, listAt);
    if (!holdsFields(field)) return undefined;
    if (field.kind === 'list') listAt ??= path.length;
    known = field.fields ?? [];
    takesCustomKeys = known.length === 0 || customObjects.includes(field.name);
  }
  return undefined;
}

/** The hash that a record holds of a value that is kept apart. */
function isApartKey(fields: readonly FieldDefinition[], key: string): boolean {
  return fields.some(({ name, apart }) => apart === true && apartKey(name) === key);
}

function leaf(field: FieldDefinition, path: readonly string[], listAt: number | undefined): QueryField {
  const comparedAs = comparedAsOf[field.kind];
  const isList = field.kind === 'strings' || field.kind === 'list';
  return {
    name: path.join('.'),
    comparedAs: comparedAs ?? 'any',
    path,
    ...(comparedAs === undefined && { container: true }),
    ...listed(listAt ?? (isList ? path.length : undefined)),
  };
}

const listed = (listAt: number | undefined): { listAt?: number } => (listAt === undefined ? {} : { listAt });

/** Undefined: has no value of its own to compare. */
const comparedAsOf: Readonly<Record<FieldKind, ComparedAs | undefined>> = {
  id: 'text',
  string: 'text',
  name: 'text',
  initial: 'text',
  int: 'number',
  number: 'number',
  money: 'number',
  bool: 'bool',
  date: 'date',
  timestamp: 'text',
  time: 'text',
  phone: 'text',
  email: 'text',
  language: 'text',
  enum: 'text',
  ssn: 'text',
  taxId: 'text',
  mbi: 'text',
  zip: 'text',
  fullZip: 'text',
  fips: 'text',
  state: 'text',
  image: 'text',
  strings: 'text',
  address: undefined,
  object: undefined,
  list: undefined,
  free: 'any',
};

function holdsFields({ kind }: FieldDefinition): boolean {
  return kind === 'object' || kind === 'address' || kind === 'list' || kind === 'free';
}

function lookUp(fields: readonly FieldDefinition[], key: string): FieldDefinition | undefined {
  const lower = key.toLowerCase();
  return (
    fields.find(({ name }) => name === key) ??
    fields.find(({ name, aliases = [] }) => name.toLowerCase() === lower || aliases.includes(key))
  );
}

/** Keys that records may have at all (data-model A.0.3), and that a jsonpath can name. */
function isCustomKey(key: string): boolean {
  return key !== '' && key.length <= longestKey && !key.includes('$') && !/[\p{Cc}\p{Surrogate}]/u.test(key);
}

function withColumn(field: QueryField): QueryField {
  const { name, comparedAs } = field;
  if (name === 'disabled') return { ...field, column: 'disabled' };
  const isPeriod = (name === 'startDate' || name === 'endDate') && comparedAs === 'date';
  return isPeriod ? { ...field, column: name } : field;
}
