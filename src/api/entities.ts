import { careCloudEntities } from '../domain/entities';

/** An Entity Type may be shared by several entities (data-model A.0); it is known when any of them has it. */
export function isKnownEntity(nameOrType: string): boolean {
  return careCloudEntities.some(({ name, entityType }) => name === nameOrType || entityType === nameOrType);
}
