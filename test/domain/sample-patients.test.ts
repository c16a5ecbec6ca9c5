import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { severityOf } from '../../src/domain/codes';
import { templateHeading } from '../../src/domain/formats/patient-csv/headings';
import type { PreparedRow } from '../../src/domain/prepared-row';
import { rowsOf } from './formats/patient-csv/support';

interface Expectation {
  rows: number;
  Created: number;
  Updated: number;
  Errored: number;
  withNewInformation?: number;
  problems?: Record<string, { status: string; code: string; field: string }>;
}

const folder = join(process.cwd(), 'sample', 'patients');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expectation>;

function readDay(day: string): Map<number, PreparedRow> {
  return rowsOf(readFileSync(join(folder, `nebraska-${day}.csv`)), { chunkBytes: 5000, pushBytes: 999 });
}

const isErrored = ({ problems }: PreparedRow): boolean => problems.some(({ code }) => severityOf(code) === 'error');
const ehrOf = ({ columns }: PreparedRow): string => columns[0] ?? '';

/** What expected.json says of each line that is not simply stored; a patient that stands twice is told in both lines. */
function problemsOf(rows: ReadonlyMap<number, PreparedRow>): Expectation['problems'] {
  const good = [...rows.values()].filter((row) => !isErrored(row));
  const isTwice = (row: PreparedRow): boolean => good.filter((other) => ehrOf(other) === ehrOf(row)).length > 1;
  const found: NonNullable<Expectation['problems']> = {};
  for (const [line, row] of rows) {
    const status = isErrored(row) ? 'Errored' : 'Created';
    assert.ok(row.problems.length <= 1);
    for (const { code, field } of row.problems) {
      found[line] = { status, code, field: field === null ? '' : templateHeading(field) };
    }
    if (status === 'Created' && isTwice(row)) {
      found[line] = { status, code: 'DUPLICATE_IN_FILE', field: '' };
    }
  }
  return found;
}

describe('the patients of two days', () => {
  const days = { day1: readDay('day1'), day2: readDay('day2') };

  for (const [day, rows] of Object.entries(days)) {
    it(`give on ${day} exactly the codes that are expected, line by line`, () => {
      const wanted = expected[day];
      assert.ok(wanted);
      assert.deepEqual(
        [...rows.keys()],
        Array.from({ length: wanted.rows }, (_, i) => i + 2),
      );
      assert.equal([...rows.values()].filter(isErrored).length, wanted.Errored);
      assert.deepEqual(problemsOf(rows), wanted.problems ?? {});
    });
  }

  it('are recognised on day 2, and have as much new information as expected', () => {
    const documents = new Map(
      [...days.day1.values()].map((row) => [ehrOf(row), JSON.parse(row.document ?? '{}') as object]),
    );
    let changed = 0;
    for (const row of days.day2.values()) {
      const stored = documents.get(ehrOf(row));
      assert.ok(stored, 'is known');
      const merged = { ...stored, ...(JSON.parse(row.document ?? '{}') as object) };
      if (JSON.stringify(merged) !== JSON.stringify(stored)) changed += 1;
    }
    assert.equal(changed, expected['day2']?.withNewInformation);
  });
});
