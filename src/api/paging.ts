import { Refusal } from '../doors/refusal';

const defaultLimit = 100;
const maxLimit = 1000;

/** DESIGN 4: pages, like batches, hold at most 1000 records. */
export function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Refusal('INVALID_REQUEST', 'limit: a whole number from 1.', { field: 'limit' });
  const limit = Number(text);
  if (limit > maxLimit) {
    throw new Refusal('BATCH_TOO_LARGE', `limit: at most ${maxLimit} per page; follow nextCursor for more.`, {
      field: 'limit',
      details: { maxLimit },
    });
  }
  return limit;
}

/** One value of a query parameter. */
export function readOne(value: unknown, field: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value || undefined;
  throw new Refusal('INVALID_REQUEST', `${field}: give it once.`, { field });
}

/** A comma-separated list out of a closed set; all of the set when it is left out. */
export function readSome<Known extends string>(
  value: unknown,
  field: string,
  known: readonly Known[],
): readonly Known[] {
  const text = readOne(value, field);
  if (text === undefined) return known;
  return text.split(',').map((word) => {
    const found = known.find((candidate) => candidate === word);
    if (!found) {
      throw new Refusal('INVALID_REQUEST', `${field}: only ${known.join(', ')}.`, {
        field,
        details: { unknown: word },
      });
    }
    return found;
  });
}
