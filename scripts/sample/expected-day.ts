import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../stack/paths';

export type DayName = 'day1' | 'day2';

export interface ExpectedEntity {
  rows: number;
  outcomes: Record<string, number>;
  /** Every row that is errored or parked, by entity id. */
  problems: Record<string, { outcome: string; code: string; field: string }>;
}

/** By entity name. */
export type ExpectedDay = Record<string, ExpectedEntity>;

export const sampleDir = path.join(repoRoot, 'sample/carecloud');

/** What a day must come to in a tenant that was empty before day 1. */
export function readExpectedDay(day: DayName): ExpectedDay {
  const all = JSON.parse(readFileSync(path.join(sampleDir, 'expected.json'), 'utf8')) as Record<DayName, ExpectedDay>;
  return all[day];
}

/** What the same day must come to when it is sent once more: whatever went in is unchanged now. */
export function onRepeat(expected: ExpectedDay): ExpectedDay {
  return Object.fromEntries(
    Object.entries(expected).map(([entity, { rows, outcomes, problems }]) => {
      const { errored = 0, parked = 0 } = outcomes;
      return [entity, { rows, outcomes: { unchanged: rows - errored - parked, errored, parked }, problems }];
    }),
  );
}
