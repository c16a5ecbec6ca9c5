import { z } from 'zod';
import { messageFor } from '../domain/codes';
import { Refusal } from '../doors/refusal';
import { decodeCursor, encodeCursor } from './cursor';

const stamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/);
const position = z.tuple([z.uuid(), z.string().max(100), z.union([stamp, z.literal('')])]);

/** Where reading an entity's changes has come to: after a stamp, or at the start. It holds within one epoch. */
export interface ChangePosition {
  epoch: string;
  entity: string;
  after: string | null;
}

export function encodePosition({ epoch, entity, after }: ChangePosition): string {
  return encodeCursor([epoch, entity, after ?? '']);
}

/**
 * @returns the stamp to read after, null for the start
 * @throws Refusal INVALID_REQUEST, or CURSOR_EXPIRED for one of another epoch
 */
export function decodePosition(cursor: string | undefined, now: Omit<ChangePosition, 'after'>): string | null {
  if (cursor === undefined) return null;
  const [epoch, entity, after] = decodeCursor(position, cursor, 'after');
  if (entity !== now.entity) {
    throw new Refusal('INVALID_REQUEST', 'after: a cursor of another entity.', { field: 'after' });
  }
  if (epoch !== now.epoch) throw new Refusal('CURSOR_EXPIRED', messageFor('CURSOR_EXPIRED'), { field: 'after' });
  return after === '' ? null : after;
}
