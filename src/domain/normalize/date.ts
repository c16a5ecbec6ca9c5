import { acceptAll, type ScalarClass } from './scalar-class';

const isoDate = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/;
const americanDate = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
/** Row 03 allows yyyyMMddHHmmss for dates (data-model B.4). */
const compactDateTime = /^\d{14}$/;
const clock = /^(\d{1,2}):?(\d{2})(?::\d{2})?(?:\s*([AaPp])\.?[Mm]\.?)?$/;

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function areDigits(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/**
 * Gives yyyyMMdd for yyyyMMdd, yyyy-MM-dd, MM/dd/yyyy, yyyyMMddHHmmss and ISO date-times, else the text itself. Of a
 * date-time the day is taken as written: these fields are calendar days and have no time zone (data-model A.11, A.0.6).
 */
export function normalizeDate(text: string): string {
  if (text.length === 8 && areDigits(text)) return text;
  if (compactDateTime.test(text)) return text.slice(0, 8);
  const iso = isoDate.exec(text);
  if (iso) return `${iso[1]}${iso[2]}${iso[3]}`;
  const american = americanDate.exec(text);
  if (american) return `${american[3]}${american[1]?.padStart(2, '0')}${american[2]?.padStart(2, '0')}`;
  return text;
}

/** Whether a text is yyyyMMdd and names a day of the calendar from 1900 on. */
export function isCalendarDate(text: string): boolean {
  if (text.length !== 8 || !areDigits(text)) return false;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(4, 6));
  const day = Number(text.slice(6, 8));
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && isLeap ? 29 : (daysOfMonth[month - 1] ?? 0));
}

/** Calendar days; with `today` (yyyyMMdd) a later day is wrong too, as for birthdays. */
export function dateClass(today?: string): ScalarClass {
  return {
    normalize: normalizeDate,
    validate: (value) => {
      const text = String(value);
      return isCalendarDate(text) && (today === undefined || text <= today) ? null : 'INVALID_DATE';
    },
  };
}

/** Gives HH:mm for HH:mm, HHmm, H:mm:ss and h:mm AM, else the text itself (data-model A.11). */
export function normalizeTime(text: string): string {
  const parts = clock.exec(text);
  if (!parts) return text;
  const half = parts[3]?.toLowerCase();
  const hour = Number(parts[1]);
  if (half && (hour < 1 || hour > 12)) return text;
  const hourOfDay = half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour;
  return `${String(hourOfDay).padStart(2, '0')}:${parts[2]}`;
}

/** There is no code of its own for times: a time that does not exist is a date that does not exist. */
export const timeClass: ScalarClass = {
  normalize: normalizeTime,
  validate: (value) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(String(value)) ? null : 'INVALID_DATE'),
};

/** Time stamps are kept as they come (data-model A.11, E-19). */
export const timestampClass: ScalarClass = { normalize: (text) => text, validate: acceptAll };
