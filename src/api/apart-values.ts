import type { Knex } from 'knex';
import { findValues } from '../db/queries/record-values';
import type { EntityDefinition } from '../domain/entities';
import { findField, type QueryField } from '../domain/query';
import { apartKey } from '../domain/rows';

/** Names of the fields whose values are kept apart from the record: its signatures. */
function apartFields({ fields }: EntityDefinition): readonly string[] {
  return fields.filter(({ apart }) => apart).map(({ name }) => name);
}

/** Fields to ask the record for when these are to be given out: of a value that is kept apart its hash. */
export function withHashFields(definition: EntityDefinition, fields: readonly QueryField[]): readonly QueryField[] {
  const asked = new Set(fields.map(({ name }) => name));
  const hashes = apartFields(definition).filter((name) => asked.has(name) && !asked.has(apartKey(name)));
  return [...fields, ...hashes.flatMap((name) => findField(definition, apartKey(name)) ?? [])];
}

/**
 * A single record with the values that are kept apart from it (data-model A.7: pages go without signatures, they are
 * fetched one by one).
 * @param fields what was asked for; all when undefined
 */
export async function withApartValues(
  db: Knex,
  tenantId: number,
  definition: EntityDefinition,
  record: object,
  fields?: readonly QueryField[],
): Promise<object> {
  const asked = fields && new Set(fields.map(({ name }) => name));
  const whole: Record<string, unknown> = { ...record };
  const wanted = apartFields(definition).filter((name) => asked === undefined || asked.has(name));
  const hashes = wanted.map((name) => whole[apartKey(name)]).filter((hash) => typeof hash === 'string');
  const values = hashes.length > 0 ? await findValues(db, tenantId, hashes) : new Map<string, string>();
  for (const name of wanted) {
    const value = values.get(String(whole[apartKey(name)]));
    if (value !== undefined) whole[name] = value;
    if (asked && !asked.has(apartKey(name))) delete whole[apartKey(name)];
  }
  return whole;
}
