import type { EntityDefinition } from './definition';

/**
 * The narrow text columns that stand beside a staged document, so that associations are resolved by joining keys and
 * no document has to be opened for it.
 *
 * - `ref_N`: key of the N-th reference of the definition (a soft reference holds a JSON array of keys); null when the
 *   reference is empty or does not apply to the row.
 * - `link_FIELD`: value of a field that is compared with, or filled from, an attribute of the referenced record.
 * - `attr_NAME`: value of an attribute that this entity exposes to others.
 * - `match_NAME`: a text by which rows without a key of their own are recognised; null when the row has none.
 */
export type StagingColumn =
  | { name: string; role: 'reference'; index: number }
  | { name: string; role: 'link'; field: string }
  | { name: string; role: 'attribute'; attribute: string }
  | { name: string; role: 'match'; index: number };

export function referenceColumn(index: number): string {
  return `ref_${index}`;
}

export function linkColumn(field: string): string {
  return `link_${field}`;
}

export function attributeColumn(attribute: string): string {
  return `attr_${attribute}`;
}

export function matchColumn(key: string): string {
  return `match_${key}`;
}

/** Staging columns of an entity, in the order in which `PreparedRow.columns` holds their values. */
export function stagingColumns(definition: EntityDefinition): readonly StagingColumn[] {
  const linkedFields = new Set([...definition.copies, ...definition.matches].map((link) => link.field));
  return [
    ...definition.references.map((_, index) => ({ name: referenceColumn(index), role: 'reference' as const, index })),
    ...[...linkedFields].map((field) => ({ name: linkColumn(field), role: 'link' as const, field })),
    ...Object.keys(definition.exposes).map((attribute) => ({
      name: attributeColumn(attribute),
      role: 'attribute' as const,
      attribute,
    })),
    ...(definition.matchKeys ?? []).map(({ name }, index) => ({
      name: matchColumn(name),
      role: 'match' as const,
      index,
    })),
  ];
}
