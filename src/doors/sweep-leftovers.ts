import type { Knex } from 'knex';
import { dropOldEvents } from '../db/queries/events';
import { dropForgottenValues } from '../db/queries/record-values';
import { endForgottenSnapshots } from '../db/queries/snapshots';
import { entityDefinitions } from '../domain/entities';
import { apartKey } from '../domain/rows';

/** How long events can be read again. */
export const eventDays = 30;

/** Whatever was staged longer ago and is held by nothing will not be, unless an upload of that age is still under way. */
const valueDays = 2;

/** A workflow waits three hours for its moment, and writes for four at most. */
const preparingHours = 8;

/**
 * Removes what is kept for a time only, published events and values apart from records that nothing holds any more, and
 * ends snapshots that nobody is making.
 */
export async function sweepLeftovers(db: Knex): Promise<{ events: number; values: number; snapshots: number }> {
  const events = await dropOldEvents(db, eventDays);
  const snapshots = await endForgottenSnapshots(db, preparingHours);
  let values = 0;
  for (const { name: entity, fields } of entityDefinitions) {
    const keys = fields.filter(({ apart }) => apart).map(({ name }) => apartKey(name));
    if (keys.length > 0) values += await dropForgottenValues(db, { entity, keys, keptDays: valueDays });
  }
  return { events, values, snapshots };
}
