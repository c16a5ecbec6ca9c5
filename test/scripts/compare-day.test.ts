import assert from 'node:assert/strict';
import { compareDay } from '../../scripts/sample/compare-day';
import { onRepeat, readExpectedDay, type ExpectedDay } from '../../scripts/sample/expected-day';
import type { RowView } from '../../scripts/sample/upload-client';

const expected: ExpectedDay = {
  care: {
    rows: 3,
    outcomes: { created: 1, parked: 1, errored: 1 },
    problems: { C2: { outcome: 'parked', code: 'REFERENCE_UNRESOLVED', field: 'providerId' } },
  },
};

const problem = (code: string, field: string | null) => ({ code, field, severity: 'error', message: '' });

const row = (rowNo: number, entityId: string | null, outcome: string, problems: RowView['problems'] = []) => ({
  entity: 'care',
  fileId: 'f1',
  rowNo,
  entityId,
  outcome,
  problems,
});

const asExpected = [
  row(1, 'C1', 'created'),
  row(2, 'C2', 'parked', [problem('REFERENCE_UNRESOLVED', 'providerId')]),
  row(3, null, 'errored', [problem('ROW_MALFORMED', null)]),
];

describe('comparison of a sample day', () => {
  it('finds nothing where all is as expected; a row without id is accounted for by the counts', () => {
    assert.deepEqual(compareDay(asExpected, expected), []);
  });

  it('names each row that differs in outcome or problem', () => {
    const rows = [
      row(1, 'C1', 'errored', [problem('INVALID_DATE', 'dob')]),
      row(2, 'C2', 'created'),
      ...asExpected.slice(2),
    ];
    assert.deepEqual(compareDay(rows, expected), [
      'care: 2 errored instead of 1',
      'care: 0 parked instead of 1',
      'care: C1 is errored without cause: INVALID_DATE in dob',
      'care: C2 is created instead of parked',
      'care: C2 lacks REFERENCE_UNRESOLVED in providerId, it has none',
    ]);
  });

  it('notices a row with two outcomes, a missing row and an unknown entity', () => {
    const rows = [asExpected[0]!, asExpected[0]!, asExpected[2]!, { ...row(1, 'X', 'created'), entity: 'pet' }];
    assert.deepEqual(compareDay(rows, expected), [
      "pet: not among the sample's entities",
      'care: 1 rows with more than one outcome',
      'care: 2 created instead of 1',
      'care: 0 parked instead of 1',
      'care: C2 has no outcome',
    ]);
  });

  it('expects of a repeated day that only what failed before fails again', () => {
    const repeated = onRepeat(readExpectedDay('day2'));
    assert.deepEqual(repeated.provider?.outcomes, { unchanged: 150, errored: 0, parked: 0 });
    assert.deepEqual(repeated.claim?.outcomes, { unchanged: 1832, errored: 2, parked: 3 });
  });
});
