import type { EntityDefinition, FieldDefinition } from '../../src/domain/entities';
import { cc5Cell, writeCc5Delete, writeCc5Footer, writeCc5Header, writeCc5Row } from '../../src/domain/formats/cc5';
import { batchOf } from '../support/batches';

export type Random = (below: number) => number;

interface Place {
  workspaceId: string;
  bucketId: string;
}

/** A value that a field takes. */
function valueOf(field: FieldDefinition, id: string, random: Random): unknown {
  switch (field.kind) {
    case 'id':
      return field.name === 'entityId' ? id : `${field.name}-${random(3)}`;
    case 'enum':
      return field.values?.[random(field.values.length)];
    case 'bool':
      return random(2) === 0;
    case 'int':
    case 'number':
    case 'money':
      return random(100) + 0.5 * (field.kind === 'int' ? 0 : 1);
    case 'date':
      return `2010010${1 + random(9)}`;
    case 'time':
      return '08:00';
    case 'timestamp':
      return '2026-01-01T00:00:00';
    case 'email':
      return 'name@example.org';
    case 'phone':
      return '317-555-0199';
    case 'ssn':
    case 'taxId':
      return '123456789';
    case 'image':
      return 'iVBORw0KGgo=';
    case 'strings':
      return ['a', 'b'];
    case 'address':
    case 'object':
      return recordOf(field.fields ?? [], id, random);
    case 'list':
      return [recordOf(field.fields ?? [], id, random)];
    case 'string':
    case 'name':
    case 'initial':
    case 'language':
    case 'zip':
    case 'fullZip':
    case 'fips':
    case 'state':
    case 'mbi':
    case 'free':
      return 'A';
  }
}

function recordOf(fields: readonly FieldDefinition[], id: string, random: Random): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, id, random)]));
}

function recordsOf(definition: EntityDefinition, random: Random): Record<string, unknown>[] {
  return Array.from({ length: 1 + random(5) }, (_, i) => recordOf(definition.fields, `E-${i}`, random));
}

/** A small sync file of an entity, with every field. */
export function plausibleFile(definition: EntityDefinition, place: Place, random: Random): string {
  const { entityType, dataSourceCode, fields } = definition;
  const columns = fields.map(({ name, kind }) => ({
    name,
    type:
      kind === 'list'
        ? ('list' as const)
        : kind === 'object' || kind === 'address'
          ? ('object' as const)
          : ('string' as const),
  }));
  const records = recordsOf(definition, random);
  return [
    writeCc5Header({
      customerCode: 'A',
      fileType: 'cc5',
      createTime: '20260115003000',
      referenceId: 'fuzz',
      entityType,
      dataSourceCode,
      ...place,
      actionCode: '',
      keyFields: ['entityId'],
      columns,
    }),
    ...records.map((record) => writeCc5Row(columns.map(({ name, type }) => cc5Cell(record[name], type)))),
    writeCc5Delete(['E-9']),
    writeCc5Footer(records.length + 1),
  ].join('');
}

/** The same as a batch, with a mapping. */
export function plausibleBatch(definition: EntityDefinition, place: Place, random: Random): object {
  return batchOf(place, definition.name, {
    data: recordsOf(definition, random),
    delete: [{ entityId: 'E-9' }],
    FieldMappings: {
      entityId: { code: 'entityId', name: 'entityId', type: 'string' },
      category: { code: 'category', name: 'category', type: 'string', dictionary: { A: 'B' } },
      custom: { code: 'custom', name: 'custom', type: 'number' },
    },
  });
}
