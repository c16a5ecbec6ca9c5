import type { EntityDefinition, FieldDefinition, FieldKind } from '../entities/definition';
import { isKnownKey } from './field-sources';

export interface InputColumn {
  name: string;
  /** As row 03 of a sync file or the field mapping of a batch gives it. */
  type: string;
}

/** How custom columns are read: by the type that is given for them, and without re-forming dates (data-model B.4). */
const customKinds: Readonly<Record<string, FieldKind>> = {
  int: 'int',
  number: 'number',
  bool: 'bool',
  array: 'strings',
  object: 'object',
  list: 'list',
};

/** Columns that no field of the definition reads: they are stored as custom attributes under their own name. */
export function customColumns(definition: EntityDefinition, columns: readonly InputColumn[]): readonly InputColumn[] {
  const isKnown = isKnownKey(definition);
  return columns.filter(({ name }) => !isKnown(name));
}

/** A custom column as a field. */
export function customField({ name, type }: InputColumn): FieldDefinition {
  return { name, kind: customKinds[type] ?? 'string', description: 'Custom attribute.' };
}
