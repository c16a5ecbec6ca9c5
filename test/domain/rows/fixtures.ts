import { entityDefinitions, type EntityDefinition } from '../../../src/domain/entities';
import type { PreparedRow } from '../../../src/domain/prepared-row';
import { compileRecordPreparer, compileRowPreparer } from '../../../src/domain/rows';

export const context = { today: '20260115' };

/** A record of each entity that has nothing wrong with it. */
export const valid = {
  family: { entityId: 'F-1', name: 'Ruiz' },
  family_member: {
    entityId: 'M-1',
    familyEntityId: 'F-1',
    firstName: 'Ana',
    lastName: 'Ruiz',
    middleInitial: '',
    dob: '20200131',
    gender: 'female',
    status: 'active',
    isParent: 'false',
    isChild: 'true',
    primaryParent: 'false',
    minorParent: 'false',
  },
  provider: { entityId: 'P-1', name: 'Bees', email: 'b@example.org', address: '{"zip":"46204"}', taxId: '98-7654321' },
  care: { entityId: 'C-1', childId: 'M-1', providerId: 'P-1', startDate: '20260101' },
  claim: {
    entityId: 'L-1',
    childId: 'M-1',
    providerId: 'P-1',
    providerType: 'school',
    startDate: '20260101',
    endDate: '20260131',
    fundingSource: 'CCDF',
    isAdjustment: 'false',
    familyId: 'F-1',
  },
  provider_payment: {
    entityId: 'E-1',
    refEntityType: 'wks_provider',
    refDatasourceCode: 'cc-provider',
    refEntityId: 'P-1',
  },
} as const;

export type EntityName = keyof typeof valid;

export function definitionOf(entity: EntityName): EntityDefinition {
  return entityDefinitions.find(({ name }) => name === entity) as EntityDefinition;
}

/** The valid record of an entity with some cells replaced or added, as a row of a sync file; undefined takes one out. */
export function prepareRow(entity: EntityName, cells: Record<string, string | undefined> = {}): PreparedRow {
  const record: Record<string, string | undefined> = { ...valid[entity], ...cells };
  const names = Object.keys(record).filter((name) => record[name] !== undefined);
  const columns = names.map((name) => ({ name, type: 'string' }));
  return compileRowPreparer(
    definitionOf(entity),
    columns,
    context,
  )(
    'upsert',
    names.map((name) => record[name] ?? ''),
  );
}

/** The same as a JSON record. */
export function prepareRecord(entity: EntityName, keys: Record<string, unknown> = {}): PreparedRow {
  return compileRecordPreparer(definitionOf(entity), context)('upsert', { ...valid[entity], ...keys });
}

export function documentOf({ document }: PreparedRow): Record<string, unknown> {
  return JSON.parse(document ?? 'null') as Record<string, unknown>;
}

export function codesOf({ problems }: PreparedRow): string[] {
  return problems.map(({ code, field }) => `${code} ${field}`);
}
