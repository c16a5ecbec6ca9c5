import assert from 'node:assert/strict';
import { catchUpMinutes, isMissed, lateAt, nightlySyncStart } from '../../../src/domain/schedules/nightly-sync';

const pacific = 'America/Los_Angeles';

describe('times of the nightly sync', () => {
  for (const [what, scheduledAt, timeZone, expected] of [
    ['a winter night', '2026-01-15T08:30:00Z', pacific, '2026-01-15T10:45:00Z'],
    ['a summer night', '2026-07-15T07:30:00Z', pacific, '2026-07-15T09:45:00Z'],
    ['a run by day, of the next night', '2026-07-15T20:00:00Z', pacific, '2026-07-16T09:45:00Z'],
    ['a run at 02:45 itself, of the next night', '2026-01-15T10:45:00Z', pacific, '2026-01-16T10:45:00Z'],
    // The clock goes from 01:59 to 03:00: 02:45 is not shown, and 03:00 comes after 90 minutes.
    ['the night of 23 hours', '2026-03-08T08:30:00Z', pacific, '2026-03-08T09:45:00Z'],
    // The hour from 01:00 to 02:00 comes twice; 02:45 comes once, after it.
    ['the night of 25 hours', '2026-11-01T07:30:00Z', pacific, '2026-11-01T10:45:00Z'],
    ['a day before the change, run by hand', '2026-03-07T20:00:00Z', pacific, '2026-03-08T09:45:00Z'],
    ['another zone', '2026-01-15T05:30:00Z', 'America/New_York', '2026-01-15T07:45:00Z'],
    ['a zone without changes', '2026-03-08T10:30:00Z', 'Pacific/Honolulu', '2026-03-08T12:45:00Z'],
    // Lord Howe moves by half an hour, at 02:00.
    ['a zone that moves by half an hour', '2026-10-03T14:00:00Z', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z'],
  ] as const) {
    it(`is late at 02:45: ${what}`, () => {
      assert.equal(lateAt(scheduledAt, timeZone), expected);
    });
  }

  for (const [what, scheduledAt, startedAt, missed] of [
    ['on time', '2026-01-15T08:30:00Z', '2026-01-15T08:30:01Z', false],
    ['at 02:29', '2026-01-15T08:30:00Z', '2026-01-15T10:29:00Z', false],
    ['at 02:31', '2026-01-15T08:30:00Z', '2026-01-15T10:31:00Z', true],
    ['at noon', '2026-01-15T08:30:00Z', '2026-01-15T20:00:00Z', true],
    // Two hours after the start it is 03:30 by the clock, and CCN reads: the limit is half an hour before 03:00.
    ['at 01:29 of the night of 23 hours', '2026-03-08T08:30:00Z', '2026-03-08T09:29:00Z', false],
    ['at 03:10 of the night of 23 hours', '2026-03-08T08:30:00Z', '2026-03-08T10:10:00Z', true],
    ['at the second 01:30 of the night of 25 hours', '2026-11-01T07:30:00Z', '2026-11-01T09:30:00Z', false],
    ['at 02:31 of the night of 25 hours', '2026-11-01T07:30:00Z', '2026-11-01T10:31:00Z', true],
    ['by hand in the afternoon', '2026-01-15T22:00:00Z', '2026-01-15T22:00:01Z', false],
    ['by hand in CCN’s window', '2026-01-15T11:30:00Z', '2026-01-15T11:30:00Z', false],
  ] as const) {
    it(`${missed ? 'is missed' : 'may start'} ${what}`, () => {
      assert.equal(isMissed({ scheduledAt, startedAt, timeZone: pacific }), missed);
    });
  }

  it('catches up until 02:30, or for two hours by day', () => {
    const cases = [
      [0, 30, 120],
      [22, 0, 270],
      [18, 30, 480],
      [18, 29, 120],
      [3, 0, 120],
      [12, 0, 120],
    ] as const;
    for (const [hour, minute, minutes] of cases) assert.equal(catchUpMinutes({ hour, minute }), minutes);
  });

  it('starts at 00:30 unless the tenant has set a time of day', () => {
    const usual = { hour: 0, minute: 30 };
    assert.deepEqual(nightlySyncStart(undefined), usual);
    assert.deepEqual(nightlySyncStart({}), usual);
    assert.deepEqual(nightlySyncStart({ hour: 24, minute: 0 }), usual);
    assert.deepEqual(nightlySyncStart({ hour: 1, minute: 61 }), usual);
    assert.deepEqual(nightlySyncStart({ minute: 5 }), usual);
    assert.deepEqual(nightlySyncStart({ hour: 23 }), { hour: 23, minute: 0 });
    assert.deepEqual(nightlySyncStart({ hour: 3, minute: 15 }), { hour: 3, minute: 15 });
    assert.deepEqual(nightlySyncStart({ hour: 1, minute: 15 }), usual, 'on some nights that comes twice');
    assert.deepEqual(nightlySyncStart({ hour: 2, minute: 30 }), usual, 'on some nights that does not come');
  });
});
