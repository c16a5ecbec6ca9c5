import assert from 'node:assert/strict';
import { findEntity } from '../../../src/domain/entities';
import type { PreparedRow } from '../../../src/domain/prepared-row';
import { compileRecordPreparer, compileRowPreparer } from '../../../src/domain/rows';
import {
  attendanceRecord,
  exampleAttendance,
  parentSignature,
  providerSignature,
  tableAttendance,
} from '../../support/attendance';
import { codesOf, context, documentOf } from './fixtures';

const definition = findEntity('claim_attendance')!;
const prepare = (more: Readonly<Record<string, unknown>> = {}): PreparedRow =>
  compileRecordPreparer(definition, context)('upsert', attendanceRecord(more));

/** The example without what is empty, as it is stored. */
const withoutEmpty = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  const kept = entries.filter(([, item]) => item !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
};

describe('a claim attendance', () => {
  it('is read in the form of the example, with every structure kept', () => {
    const row = prepare();
    assert.deepEqual(codesOf(row), []);
    assert.deepEqual(documentOf(row).attendance, withoutEmpty(exampleAttendance));
  });

  it('is read in the form of the table, nested and spelt as the example', () => {
    const row = prepare({ attendance: tableAttendance() });
    assert.deepEqual(codesOf(row), []);
    assert.deepEqual(documentOf(row).attendance, documentOf(prepare()).attendance);
    assert.equal(row.document, prepare().document);
  });

  it('has the form of the example first where both are there', () => {
    const both = { ...exampleAttendance, version: 'v9', SubmitDate: '20990101000000' };
    assert.deepEqual(documentOf(prepare({ attendance: both })).attendance, documentOf(prepare()).attendance);
  });

  it('is read from the JSON cell of a sync file', () => {
    const record: Record<string, unknown> = attendanceRecord();
    const names = Object.keys(record);
    const cell = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
    const row = compileRowPreparer(
      definition,
      names.map((name) => ({ name, type: 'string' })),
      context,
    )(
      'upsert',
      names.map((name) => cell(record[name])),
    );
    assert.equal(row.document, prepare().document);
  });

  it('refers to the claim of its own key when it names none', () => {
    const row = prepare({ claimId: '' });
    assert.equal(documentOf(row).claimId, 'CL-1');
    assert.equal(row.columns[0], 'CL-1');
  });

  it('has CCN customer fields also at the top level', () => {
    const row = prepare({ metadata: undefined, customerId: 17, customerName: 'Agency' });
    assert.deepEqual(documentOf(row).metadata, { customerId: '17', customerName: 'Agency' });
  });

  it('keeps signatures apart from the document', () => {
    const row = prepare({ parentSignature, parentSignatureHash: 'sent by somebody' });
    assert.deepEqual(row.apart, [
      { field: 'parentSignature', value: parentSignature },
      { field: 'providerSignature', value: providerSignature },
    ]);
    assert.deepEqual(
      Object.keys(documentOf(row)).filter((key) => key.includes('Signature')),
      [],
    );
  });

  it('warns of a signature that is no Base64, and stores it', () => {
    const row = prepare({ providerSignature: '<svg/>' });
    assert.deepEqual(codesOf(row), ['VALUE_UNKNOWN providerSignature']);
    assert.equal(row.apart?.[0]?.value, '<svg/>');
  });

  const { body } = exampleAttendance;
  const [first, ...rest] = body.attendanceinfo as { dailysummary: object }[];
  const days = 'attendance.body.attendanceinfo.dailysummary.thtotalhours';
  const sumsOf = (week: object) => ({ ...body.summary, ...week });
  for (const [what, changed, problem] of [
    [
      'a day whose hours are not those between arrival and departure',
      { attendanceinfo: [{ ...first, dailysummary: { ...first?.dailysummary, thtotalhours: '3.30' } }, ...rest] },
      [days, 'attendance.body.summary.week'],
    ],
    [
      'a week that is not the sum of its days',
      { summary: sumsOf({ wk1: { ...body.summary.wk1, thtotalhours: 7 } }) },
      ['attendance.body.summary.week', 'attendance.body.summary.month'],
    ],
    [
      'absences that are in the wrong week',
      {
        summary: sumsOf({
          wk1: { ...body.summary.wk1, totalabsence: '1' },
          wk2: { ...body.summary.wk2, totalabsence: '0' },
        }),
      },
      ['attendance.body.summary.week'],
    ],
    [
      'a week without a day that has hours',
      { summary: sumsOf({ wk6: { thtotalhours: '2.00' } }) },
      ['attendance.body.summary.week', 'attendance.body.summary.month'],
    ],
    [
      'a month that is not the sum of its weeks',
      { summary: sumsOf({ month: { ...body.summary.month, totaldays: '4' } }) },
      ['attendance.body.summary.month'],
    ],
  ] as const) {
    it(`warns of ${what}, in both forms`, () => {
      const attendance = { ...exampleAttendance, body: { ...body, ...changed } };
      const expected = problem.map((field) => `AMOUNT_MISMATCH ${field}`);
      const row = prepare({ attendance });
      assert.deepEqual(codesOf(row), expected);
      assert.notEqual(row.document, null);
      const { summary, ...inner } = attendance.body;
      assert.deepEqual(codesOf(prepare({ attendance: { ...exampleAttendance, body: inner, summary } })), expected);
    });
  }

  it('is not warned of sums that cannot be compared', () => {
    const bare = { ...exampleAttendance, body: { ...body, summary: { month: { totaldays: '3' }, wk1: { x: 1 } } } };
    assert.deepEqual(codesOf(prepare({ attendance: bare })), []);
    const twoMonths = { ...body, attendanceinfo: [first, { attendancedate: '20170202', dailysummary: {} }] };
    assert.deepEqual(codesOf(prepare({ attendance: { ...exampleAttendance, body: twoMonths } })), []);
    assert.deepEqual(codesOf(prepare({ attendance: undefined })), []);
  });
});
