import { careCloudEntities, type EntityDefinition } from '../domain/entities';

/**
 * An entity by its name or its entity type; undefined when there is none. An entity type may be shared by several entities
 * (data-model A.0): then it is the first of them, and all have the same writer.
 */
export function findByNameOrType(nameOrType: string): EntityDefinition | undefined {
  return careCloudEntities.find(({ name, entityType }) => name === nameOrType || entityType === nameOrType);
}
