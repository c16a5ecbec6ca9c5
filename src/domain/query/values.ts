import { isCalendarDate, normalizeDate } from '../normalize/date';
import { parseRecordId } from '../record-id';
import type { QueryField } from './fields';
import { readMoment } from './modified';
import { QueryFault } from './query-fault';

export type QueryValue = string | number | boolean;

const longestText = 4000;

/**
 * Reads a value to compare a field with as the definition says: dates in any of their forms, numbers and truth values
 * also as text. Of attributes that nobody has defined the value's own type counts.
 * @param at where the value stands in the request
 * @throws QueryFault that says what the field takes, never what was given
 */
export function readValue(field: QueryField, raw: unknown, at: string): QueryValue {
  const value = asScalar(raw, at);
  switch (field.comparedAs) {
    case 'text':
      return String(value);
    case 'date':
      return known(readDate(value), at, 'a date, yyyyMMdd');
    case 'moment':
      return known(typeof value === 'string' ? readMoment(value) : undefined, at, 'a time in ISO-8601');
    case 'id':
      return known(readId(String(value)), at, 'an id, 24 hex digits');
    case 'number':
      return known(readNumber(value), at, 'a number');
    case 'bool':
      return known(readBool(value), at, 'true or false');
    case 'any':
      return value;
  }
}

function asScalar(raw: unknown, at: string): QueryValue {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw;
  if (typeof raw !== 'string') throw new QueryFault(at, 'a single text, number, true, false or null');
  if (raw.length > longestText) throw new QueryFault(at, `a text of at most ${longestText} characters`);
  // PostgreSQL stores neither, so no record has them.
  if (raw.includes('\0') || /\p{Surrogate}/u.test(raw)) throw new QueryFault(at, 'a text that can be stored');
  return raw;
}

function known<Value>(value: Value | undefined, at: string, advice: string): Value {
  if (value === undefined) throw new QueryFault(at, advice);
  return value;
}

/** Beyond what records are numbered with: an id of that form which cannot be ours is nobody's. */
const nobody = '9223372036854775807';

function readId(text: string): string | undefined {
  return parseRecordId(text) ?? (/^[0-9a-f]{24}$/i.test(text) ? nobody : undefined);
}

function readDate(value: QueryValue): string | undefined {
  const text = normalizeDate(String(value));
  return isCalendarDate(text) ? text : undefined;
}

function readNumber(value: QueryValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function readBool(value: QueryValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}
