import { care } from './care';
import { claim } from './claim';
import { claimAttendance } from './claim-attendance';
import type { EntityDefinition, Writer } from './definition';
import { document } from './document';
import { family } from './family';
import { familyCase } from './family-case';
import { familyIncome } from './family-income';
import { familyInvoice } from './family-invoice';
import { familyMember } from './family-member';
import { familyNeed } from './family-need';
import { note } from './note';
import { patient } from './patient';
import { provider } from './provider';
import { providerHoliday } from './provider-holiday';
import { providerPayment } from './provider-payment';

// A new entity is one file beside these and one line here.
const definitions: readonly EntityDefinition[] = [
  family,
  provider,
  familyMember,
  care,
  claim,
  providerPayment,
  familyCase,
  familyIncome,
  familyNeed,
  familyInvoice,
  providerHoliday,
  document,
  note,
  patient,
  claimAttendance,
];

const byName = new Map(definitions.map((definition) => [definition.name, definition]));
const byType = new Map(
  definitions
    .filter(isCareCloud)
    .map((definition) => [`${definition.entityType}|${definition.dataSourceCode}`, definition]),
);

function isCareCloud({ door }: EntityDefinition): boolean {
  return door === undefined;
}

/** Definition of an entity by its name as in URLs, for example `family_member`; undefined when there is none. */
export function findEntity(name: string): EntityDefinition | undefined {
  return byName.get(name);
}

/**
 * Definition of an entity of CareCloud by entity type and data source code. Only the pair tells entities apart: an entity type is shared by
 * several of them (data-model A.0).
 */
export function findEntityByType(entityType: string, dataSourceCode: string): EntityDefinition | undefined {
  return byType.get(`${entityType}|${dataSourceCode}`);
}

/**
 * Level of an entity in the association graph (data-model A.10): 0 when it refers to nothing, else one more than the
 * highest level it refers to. Soft references count, so that what they warn about has had its chance to arrive.
 */
export function associationLevel(name: string): number {
  const targets = findEntity(name)?.references.map(({ target }) => target) ?? [];
  return targets.length === 0 ? 0 : 1 + Math.max(...targets.map(associationLevel));
}

/** Whose records an entity has: the agency's own, or what CCN reports (data-model E-39). */
export function writerOf({ writer }: Pick<EntityDefinition, 'writer'>): Writer {
  return writer ?? 'agency';
}

/** All entities that are stored, through whichever door they come, parents before children. */
export const entityDefinitions: readonly EntityDefinition[] = [...definitions].sort(
  (a, b) => associationLevel(a.name) - associationLevel(b.name),
);

/** Entities that external systems upload through the documented doors of CareCloud, parents before children. */
export const careCloudEntities: readonly EntityDefinition[] = entityDefinitions.filter(isCareCloud);

/** Names of all attributes that entities expose to each other, sorted. */
export function exposedAttributes(): readonly string[] {
  return [...new Set(definitions.flatMap((definition) => Object.keys(definition.exposes)))].sort();
}

export type { EntityDefinition, FieldDefinition, Writer } from './definition';
