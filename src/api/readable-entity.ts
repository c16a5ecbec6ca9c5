import type { Response } from 'express';
import type { ApiScope } from '../db/queries/api-keys';
import { findEntity, type EntityDefinition } from '../domain/entities';
import { Refusal } from '../doors/refusal';
import { demandScope, hasScope } from './auth';

/** Integrators read what is their tenant's, and CCN all of it. */
const readers: readonly ApiScope[] = ['query', 'ccn'];
/** Patients come by their own door and are read by those who are let in for them. */
const patientReaders: readonly ApiScope[] = ['patients'];

/**
 * The entity that an address names, in any case, if the caller may read it.
 * @throws Refusal FORBIDDEN or NOT_FOUND
 */
export function readableEntity(res: Response, name: string): EntityDefinition {
  const definition = findEntity(name.toLowerCase());
  demandScope(res, readersOf(definition));
  if (!definition) throw new Refusal('NOT_FOUND', 'There is no such entity; GET /v1/entities lists them.');
  return definition;
}

/** Whether the caller may read an entity. */
export function mayRead(res: Response, definition: EntityDefinition): boolean {
  return hasScope(res, readersOf(definition));
}

function readersOf(definition: EntityDefinition | undefined): readonly ApiScope[] {
  return definition?.door === 'patient-import' ? patientReaders : readers;
}
