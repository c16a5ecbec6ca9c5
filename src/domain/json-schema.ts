import type { EntityDefinition, FieldDefinition } from './entities/definition';

export type JsonSchema = Readonly<Record<string, unknown>>;

const patternOf: Partial<Record<FieldDefinition['kind'], string>> = {
  date: '^\\d{8}$',
  time: '^([01]\\d|2[0-3]):[0-5]\\d$',
  phone: '^\\d{3}-\\d{3}-\\d{4}$',
  ssn: '^\\d{3}-\\d{2}-\\d{4}$',
  taxId: '^\\d{2}-\\d{7}$',
  zip: '^\\d{5}$',
  fullZip: '^\\d{5}(-\\d{4})?$',
  fips: '^\\d{5}$',
  state: '^[A-Z]{2}$',
};

function objectSchema(fields: readonly FieldDefinition[] = []): JsonSchema {
  return {
    type: 'object',
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    }),
    additionalProperties: true,
  };
}

function typeSchema(field: FieldDefinition): JsonSchema {
  const { kind, fields, values, open, range } = field;
  switch (kind) {
    case 'int':
      return { type: 'integer' };
    case 'number':
      return { type: 'number', ...(range && { minimum: range[0], maximum: range[1] }) };
    case 'money':
      return { type: 'number' };
    case 'bool':
      return { type: 'boolean' };
    case 'strings':
      return { type: 'array', items: { type: 'string' } };
    case 'address':
    case 'object':
      return objectSchema(fields);
    case 'list':
      return { type: 'array', items: fields ? objectSchema(fields) : {} };
    case 'free':
      return {};
    case 'enum':
      // An open list only names examples: a schema that enforced it would refuse what the service takes.
      return open ? { type: 'string', examples: values } : { type: 'string', enum: values };
    case 'language':
      return { type: 'string', examples: ['en', 'es', 'zh'] };
    case 'id':
      return { type: 'string', minLength: 1, maxLength: 256 };
    case 'image':
      return { type: 'string', contentEncoding: 'base64' };
    case 'initial':
      return { type: 'string', maxLength: 1 };
    case 'email':
      return { type: 'string', format: 'email' };
    case 'string':
    case 'name':
    case 'mbi':
    case 'timestamp':
      return { type: 'string' };
    case 'date':
    case 'time':
    case 'phone':
    case 'ssn':
    case 'taxId':
    case 'zip':
    case 'fullZip':
    case 'fips':
    case 'state':
      return { type: 'string', pattern: patternOf[kind] };
  }
}

function fieldSchema(field: FieldDefinition): JsonSchema {
  return {
    ...typeSchema(field),
    description: field.description,
    ...(field.default !== undefined && { default: field.default }),
  };
}

/**
 * JSON Schema (draft 2020-12) of the documented form of an entity: what the service stores and gives back. Uploads are
 * read more liberally (docs/entities.md).
 */
export function jsonSchema(definition: EntityDefinition): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.title,
    description: definition.description,
    ...objectSchema(definition.fields),
    required: definition.fields.filter(({ required, assigned }) => required || assigned).map(({ name }) => name),
  };
}
