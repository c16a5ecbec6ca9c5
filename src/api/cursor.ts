import type { z } from 'zod';
import { Refusal } from '../doors/refusal';

/** Where a page ended, in a form that nobody is tempted to build by hand. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/** @throws Refusal INVALID_REQUEST for anything that `encodeCursor` did not make for this list. */
export function decodeCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string,
  field = 'cursor',
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success || encodeCursor(parsed.data as (string | number)[]) !== cursor) {
    throw new Refusal('INVALID_REQUEST', `${field}: not one that this list has given out.`, { field });
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
