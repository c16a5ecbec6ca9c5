import type { FieldDefinition } from './definition';

const customerFields: FieldDefinition = {
  name: 'customerFields',
  kind: 'object',
  personal: true,
  description: 'Attributes of the agency.',
};

/** The primary key; every definition begins with it, and the canonical document relies on that (data-model A.0.1). */
export const entityId: FieldDefinition = {
  name: 'entityId',
  kind: 'id',
  required: true,
  description: 'Key of the record in the external system; it stays the same across updates.',
};

/** `data` with the known CC4 keys of an entity; other keys pass through untouched (data-model A.0.1). */
export function customData(known: readonly FieldDefinition[]): FieldDefinition {
  return {
    name: 'data',
    kind: 'object',
    fields: [...known, customerFields],
    personal: true,
    description: 'Custom attributes: the keys below and any others.',
  };
}

/** Fields that nearly every entity ends with (data-model A.0.1). `metadata` holds the known keys of that object. */
export function commonFields(metadata: readonly FieldDefinition[] = []): readonly FieldDefinition[] {
  return [
    { name: 'disabled', kind: 'bool', default: false, description: 'Soft delete.' },
    { name: 'tags', kind: 'strings', description: 'Tags.' },
    { name: 'category', kind: 'string', description: 'Free category.' },
    {
      name: 'metadata',
      kind: 'object',
      description: 'Key/value pairs attached to the record.',
      ...(metadata.length > 0 && { fields: metadata }),
    },
  ];
}

export const comment: FieldDefinition = {
  name: 'comment',
  kind: 'string',
  personal: true,
  description: 'Comment; may hold line breaks.',
};
