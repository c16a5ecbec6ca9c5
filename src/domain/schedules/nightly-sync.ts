import { Temporal } from '@js-temporal/polyfill';

/** What a tenant may set: `tenants.settings.nightlySync`. */
export interface NightlySyncSettings {
  hour?: number;
  minute?: number;
}

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** data-model B.3: a start of 00:30 to 01:00 leaves the night for the run, before CCN reads from 03:00 to 05:00. */
const defaultStart: TimeOfDay = { hour: 0, minute: 30 };
/** A run that has not begun by then would not be done before CCN reads. */
const catchUpLimit: TimeOfDay = { hour: 2, minute: 30 };
/** data-model B.3: "hard stop/alert 02:45". */
const lateLimit: TimeOfDay = { hour: 2, minute: 45 };

const minutesOfDay = 24 * 60;
/** A start further before the limit than this is a daytime run, to which the night's limits say nothing. */
const longestNight = 8 * 60;
const daytimeCatchUp = 2 * 60;

/**
 * Whether a sync may start at that time of day. From 01:00 to 02:59 clocks change: Temporal starts a run of 02:30 not at
 * all in the night of 23 hours and one of 01:30 twice in that of 25 (E-42, seen by test/api/schedules.test.ts).
 */
export function isNightlySyncStart({ hour, minute = 0 }: NightlySyncSettings): boolean {
  return isBetween(hour, 23) && isBetween(minute, 59) && hour !== 1 && hour !== 2;
}

/** The tenant's own start, or 00:30. One that cannot be counts as not set, so that a bad setting cannot stop the sync. */
export function nightlySyncStart(settings: NightlySyncSettings = {}): TimeOfDay {
  const { hour = 0, minute = 0 } = settings;
  return isNightlySyncStart(settings) ? { hour, minute } : defaultStart;
}

function isBetween(value: unknown, last: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= last;
}

/**
 * Minutes for which a missed run may still be started: until 02:30 by the clock on an ordinary night, two hours for a
 * start in the day. Temporal knows only a length; `isMissed` makes the limit exact on nights of 23 and 25 hours.
 */
export function catchUpMinutes(start: TimeOfDay): number {
  const limit = catchUpLimit.hour * 60 + catchUpLimit.minute;
  const untilLimit = (limit - (start.hour * 60 + start.minute) + minutesOfDay) % minutesOfDay;
  return untilLimit > 0 && untilLimit <= longestNight ? untilLimit : daytimeCatchUp;
}

/** The first 02:45 after the time for which a run was meant: from then on it is late. */
export function lateAt(scheduledAt: string, timeZone: string): string {
  return nextTime(scheduledAt, timeZone, lateLimit).toString();
}

/** Whether a run that was meant for the night starts after 02:30 of it. */
export function isMissed(run: { scheduledAt: string; startedAt: string; timeZone: string }): boolean {
  const limit = nextTime(run.scheduledAt, run.timeZone, catchUpLimit);
  return Temporal.Instant.compare(Temporal.Instant.from(run.startedAt), limit) > 0;
}

/**
 * The first instant after another at which clocks show that time. Where the hour is left out the earlier reading counts
 * (E-06): 02:45 is then a quarter of an hour before 03:00, as on every other night. Where it comes twice, the first.
 */
function nextTime(after: string, timeZone: string, { hour, minute }: TimeOfDay): Temporal.Instant {
  const from = Temporal.Instant.from(after);
  const today = from.toZonedDateTimeISO(timeZone).toPlainDate();
  for (let days = 0; ; days += 1) {
    const local = today.add({ days }).toPlainDateTime({ hour, minute });
    const instant = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' }).toInstant();
    if (Temporal.Instant.compare(instant, from) > 0) return instant;
  }
}
