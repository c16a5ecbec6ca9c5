import type { ApiScope } from '../db/queries/api-keys';
import { writerOf, type EntityDefinition, type Writer } from '../domain/entities';
import { Refusal } from './refusal';

/** Scopes of keys that may import anything at all. */
export const importScopes: readonly ApiScope[] = ['upload', 'ccn'];

/** Whose records a key may import: an agency its own, CCN its attendance, operations all (data-model E-39). */
export function writersOf(scopes: readonly ApiScope[]): readonly Writer[] {
  if (scopes.includes('ops')) return ['agency', 'ccn'];
  return [
    ...(scopes.includes('upload') ? (['agency'] as const) : []),
    ...(scopes.includes('ccn') ? (['ccn'] as const) : []),
  ];
}

/** @throws Refusal FORBIDDEN when none of the writers writes the entity */
export function requireWriter(writers: readonly Writer[], definition: EntityDefinition): void {
  if (writers.includes(writerOf(definition))) return;
  throw new Refusal(
    'FORBIDDEN',
    writerOf(definition) === 'ccn'
      ? `Records of ${definition.name} come from CCN: only a key with the scope ccn may import them. Read them with POST /appdata/${definition.name}/query.`
      : `A key of CCN imports claim_attendance only: records of ${definition.name} need a key with the scope upload.`,
  );
}
