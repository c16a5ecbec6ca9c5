import { careCloudEntities } from '../../src/domain/entities';
import type { EntityDefinition, FieldDefinition } from '../../src/domain/entities/definition';

/*
 * A row of every entity in which every field that can hold text holds a word of its own, so that the word names the field
 * it leaked from. Names begin with letters that stay as they are through normalization.
 */

/** What every planted word has in it, in any case. */
export const canaryMark = 'zqcanary';

const word = (entity: string, path: string): string =>
  `Zqcanary${`${entity}${path}`.toLowerCase().replace(/[^a-z]/g, '')}x`;

/** Digits that stand in a number, a tax id or a phone and nowhere else. */
export const canaryDigits = [
  '918273645',
  '31731731',
  '2125559183',
  '7731415926',
  '46204-9183',
  '2061-07-13',
  '20610713',
];

type Kind = FieldDefinition['kind'];

function valueOf(entity: string, field: FieldDefinition, path: string): unknown {
  const text = word(entity, path);
  const plain: Partial<Record<Kind, unknown>> = {
    bool: true,
    int: 31731731,
    number: field.range ? field.range[0] : 31731731,
    money: '7731415926.53',
    date: field.past ? '19610713' : '20610713',
    timestamp: '2061-07-13T09:18:00Z',
    time: '09:18',
    phone: '2125559183',
    email: `${text}@example.org`,
    ssn: '918273645',
    taxId: '918273645',
    zip: '46204',
    fullZip: '46204-9183',
    state: 'IN',
    initial: 'Q',
    strings: [text],
    list: field.fields ? [nested(entity, field, path)] : [{ any: text }],
    object: nested(entity, field, path),
    address: nested(entity, field, path),
  };
  if (field.kind === 'enum') return field.open ? text : (field.values?.[0] ?? text);
  return plain[field.kind] ?? text;
}

function nested(entity: string, field: FieldDefinition, path: string): unknown {
  const inner = Object.fromEntries(
    (field.fields ?? []).map((each) => [each.name, valueOf(entity, each, `${path}${each.name}`)]),
  );
  return { ...inner, ...(field.kind === 'object' && { customKey: word(entity, `${path}custom`) }) };
}

export type CanaryRow = Record<string, unknown>;

/** Rows by what is to become of them; a word where a date or a truth value belongs makes the second one errored. */
export function canaryRows(definition: EntityDefinition): { good: CanaryRow; errored: CanaryRow; parked: CanaryRow } {
  const { name, fields, references } = definition;
  const base: CanaryRow = Object.fromEntries(fields.map((field) => [field.name, valueOf(name, field, field.name)]));
  const keyed = (what: string): CanaryRow => ({ ...base, disabled: false, entityId: word(name, `id${what}`) });
  const withParents: CanaryRow = { ...keyed('good') };
  for (const { field, target, whenDataSourceCode } of references) {
    if (field.includes('.')) continue;
    if (whenDataSourceCode && target !== 'provider' && references.some((each) => each.target === 'provider')) continue;
    withParents[field] = word(target, 'idgood');
    if (!whenDataSourceCode) continue;
    const parent = careCloudEntities.find((each) => each.name === target);
    withParents.refEntityType = parent?.entityType;
    withParents.refDatasourceCode = whenDataSourceCode;
  }
  const picky = fields.find(({ kind }) => kind === 'bool' || kind === 'date') ?? fields[1]!;
  const nowhere = Object.fromEntries(
    references.filter(({ field }) => !field.includes('.')).map(({ field }) => [field, word(name, `${field}nowhere`)]),
  );
  return {
    good: withParents,
    errored: { ...keyed('errored'), [picky.name]: word(name, 'wrong') },
    parked: { ...withParents, entityId: word(name, 'idparked'), ...nowhere },
  };
}

/** The sync file of rows, every column typed as in row 03. */
export function canaryColumns(definition: EntityDefinition): string {
  const typeOf = ({ kind }: FieldDefinition): string =>
    ['object', 'address', 'list', 'strings'].includes(kind) ? 'object' : 'string';
  return definition.fields.map((field) => `${field.name}:${typeOf(field)}`).join('|');
}

export function canaryLine(definition: EntityDefinition, row: CanaryRow): string {
  return definition.fields
    .map(({ name }) => row[name])
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
    .join('|');
}
