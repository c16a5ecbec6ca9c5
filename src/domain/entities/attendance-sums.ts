import { isPlainObject, type PlainObject } from '../normalize/free-value';
import { sumNames, weekNames } from './attendance';
import type { RowCheck } from './definition';

/*
 * The sums of an attendance submission, as they were found in the published example (data-model A.7): a day has the hours
 * between its arrivals and departures, a week the sum of its days, the month the sum of its weeks. Weeks are those of the
 * calendar, Sunday to Saturday, and the first holds the 1st. Each is compared only where both sides are there.
 */

/** Hours have two decimals, and each was rounded by itself. */
const tolerance = 0.010001;

const signTime = /^(\d{4})(\d{2})(\d{2}) (\d{1,2}):(\d{2}) ?([AP])M$/i;

/** Minutes since some fixed moment; undefined for what is no time. */
function minutesOf(value: unknown): number | undefined {
  const parts = typeof value === 'string' ? signTime.exec(value.trim()) : null;
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, half] = parts;
  const hourOfDay = (Number(hour) % 12) + (half?.toUpperCase() === 'P' ? 12 : 0);
  return Date.UTC(Number(year), Number(month) - 1, Number(day), hourOfDay, Number(minute)) / 60_000;
}

/** Sums come as numbers or as texts. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function objectIn(source: unknown, key: string): PlainObject {
  const value = isPlainObject(source) ? source[key] : undefined;
  return isPlainObject(value) ? value : {};
}

function objectsIn(source: PlainObject, key: string): readonly PlainObject[] {
  const list: unknown = source[key];
  return Array.isArray(list) ? list.filter(isPlainObject) : [];
}

function differ(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && Math.abs(one - other) > tolerance;
}

/** The sum of what is there; undefined when nothing is. */
function total(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** Hours of a day; undefined when one of its times is missing or cannot be read. */
function hoursOf(day: PlainObject): number | undefined {
  const spans = objectsIn(day, 'signinout').map(({ signin, signout }) => {
    const [from, to] = [minutesOf(signin), minutesOf(signout)];
    return from === undefined || to === undefined ? NaN : to - from;
  });
  const minutes = total(spans);
  return minutes === undefined || Number.isNaN(minutes) ? undefined : Math.round((minutes / 60) * 100) / 100;
}

/** The week of the month that a day (yyyyMMdd) lies in, from 0. */
function weekOf(date: string): number {
  const day = Number(date.slice(6));
  const first = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, 1)).getUTCDay();
  return Math.floor((day - 1 + first) / 7);
}

function daysOf(attendance: unknown): readonly PlainObject[] {
  return objectsIn(objectIn(attendance, 'body'), 'attendanceinfo');
}

function isDayOff(day: PlainObject): boolean {
  return differ(numberOf(objectIn(day, 'dailysummary').thtotalhours), hoursOf(day));
}

function areWeeksOff(attendance: unknown): boolean {
  const days = daysOf(attendance);
  const months = new Set(days.map(({ attendancedate }) => String(attendancedate).slice(0, 6)));
  // Over the end of a month it is not said which week is which.
  if (months.size !== 1 || days.some(({ attendancedate }) => typeof attendancedate !== 'string')) return false;
  const summary = objectIn(objectIn(attendance, 'body'), 'summary');
  return weekNames.some((week, index) => {
    const inWeek = days.filter(({ attendancedate }) => weekOf(attendancedate as string) === index);
    return sumNames.some((name) =>
      differ(
        numberOf(objectIn(summary, week)[name]),
        // Days without care are missing, so a week without any has nothing.
        inWeek.length === 0 ? 0 : total(inWeek.map((day) => numberOf(objectIn(day, 'dailysummary')[name]))),
      ),
    );
  });
}

function isMonthOff(attendance: unknown): boolean {
  const summary = objectIn(objectIn(attendance, 'body'), 'summary');
  return sumNames.some((name) =>
    differ(
      numberOf(objectIn(summary, 'month')[name]),
      total(weekNames.map((week) => numberOf(objectIn(summary, week)[name]))),
    ),
  );
}

function sumCheck(field: string, description: string, isOff: (attendance: unknown) => boolean): RowCheck {
  return {
    fields: ['attendance'],
    description,
    code: 'AMOUNT_MISMATCH',
    field: `attendance.body.${field}`,
    fails: ([attendance]) => isOff(attendance),
  };
}

/** What a claim attendance is warned about. */
export const attendanceSums: readonly RowCheck[] = [
  sumCheck(
    'attendanceinfo.dailysummary.thtotalhours',
    'The hours of a day are those between its arrivals and departures, to the hundredth.',
    (attendance) => daysOf(attendance).some(isDayOff),
  ),
  sumCheck(
    'summary.week',
    'The sums of a week, Sunday to Saturday, are those of its days; the first week holds the 1st of the month.',
    areWeeksOff,
  ),
  sumCheck('summary.month', 'The sums of the month are those of its weeks.', isMonthOff),
];
