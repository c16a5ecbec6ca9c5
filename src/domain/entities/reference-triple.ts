import type { EntityDefinition, FieldDefinition, ReferenceDefinition, RowCheck } from './definition';

/** An entity that the triple refEntityType + refDatasourceCode + refEntityId may point at. */
export interface TripleTarget {
  entity: string;
  entityType: string;
  dataSourceCode: string;
}

/*
 * The targets by name and not by their definitions: those of a triple and the one that holds it could import each other
 * in a circle. A test holds them against the definitions.
 */
export const toFamily: TripleTarget = { entity: 'family', entityType: 'wks_family', dataSourceCode: 'cc-family' };
export const toFamilyCase: TripleTarget = {
  entity: 'family_case',
  entityType: 'wks_case',
  dataSourceCode: 'cc-family-case',
};
export const toProvider: TripleTarget = {
  entity: 'provider',
  entityType: 'wks_provider',
  dataSourceCode: 'cc-provider',
};
export const toClaim: TripleTarget = { entity: 'claim', entityType: 'wks_claim', dataSourceCode: 'cc-claim' };
export const toProviderPayment: TripleTarget = {
  entity: 'provider_payment',
  entityType: 'wks_billing',
  dataSourceCode: 'cc-provider-payment',
};

/** The fields of a triple (data-model A.8, A.9): constants where there is one target, else one of several pairs. */
export function tripleFields(...targets: readonly TripleTarget[]): readonly FieldDefinition[] {
  const entityTypes = targets.map(({ entityType }) => entityType);
  return [
    {
      name: 'refEntityType',
      kind: 'enum',
      values: entityTypes,
      // Underscores are slugged away before synonyms are looked up.
      synonyms: Object.fromEntries(entityTypes.map((type) => [type.replaceAll('_', '-'), type])),
      required: true,
      description: 'Entity type of the record that this belongs to.',
    },
    {
      name: 'refDatasourceCode',
      kind: 'enum',
      values: targets.map(({ dataSourceCode }) => dataSourceCode),
      required: true,
      description: 'Data source code of the record that this belongs to.',
    },
    { name: 'refEntityId', kind: 'id', required: true, description: 'Key of the record that this belongs to.' },
  ];
}

/** One reference for each target: the data source code says which of them a row has. */
export function tripleReferences(...targets: readonly TripleTarget[]): readonly ReferenceDefinition[] {
  return targets.map(({ entity, dataSourceCode }) => ({
    field: 'refEntityId',
    target: entity,
    whenDataSourceCode: dataSourceCode,
  }));
}

/** Entity type and data source code are a pair (data-model A.0): each may be right and both together be nothing. */
export function triplePair(...targets: readonly TripleTarget[]): RowCheck {
  const typeOf = new Map<unknown, string>(
    targets.map(({ dataSourceCode, entityType }) => [dataSourceCode, entityType]),
  );
  return {
    fields: ['refEntityType', 'refDatasourceCode'],
    description: 'refEntityType and refDatasourceCode belong to the same entity.',
    code: 'INVALID_ENUM',
    field: 'refDatasourceCode',
    fails: ([type, code]) => type !== undefined && code !== undefined && typeOf.get(code) !== type,
  };
}

/** What an entity without attributes for others has to say about associations, given its references. */
export function refersBy(
  ...references: readonly ReferenceDefinition[]
): Pick<EntityDefinition, 'references' | 'exposes' | 'copies' | 'matches'> {
  return { references, exposes: {}, copies: [], matches: [] };
}
