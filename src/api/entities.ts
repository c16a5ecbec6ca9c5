import { entityDefinitions } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';

/** By the name that stands in URLs and results. */
export function findEntityByName(name: string): EntityDefinition | undefined {
  return entityDefinitions.find((definition) => definition.name === name);
}

/** An Entity Type may be shared by several entities (data-model A.0); it is known when any of them has it. */
export function isKnownEntity(nameOrType: string): boolean {
  return entityDefinitions.some(({ name, entityType }) => name === nameOrType || entityType === nameOrType);
}
