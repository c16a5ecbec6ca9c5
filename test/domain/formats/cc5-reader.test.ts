import assert from 'node:assert/strict';
import { readCc5Rows } from '../../../src/domain/formats/cc5';

function rowsOf(text: string, columnCount = 3): unknown[] {
  const rows: unknown[] = [];
  for (const { rowNo, operation, values } of readCc5Rows(Buffer.from(text), columnCount, 5))
    rows.push([rowNo, operation, ...values]);
  return rows;
}

describe('the rows of a sync file', () => {
  const cases: [string, string, unknown[]][] = [
    ['with a trailing pipe', '10|a|b|c|\n', [[5, 'upsert', 'a', 'b', 'c']]],
    ['without a trailing pipe', '10|a|b|c\n', [[5, 'upsert', 'a', 'b', 'c']]],
    ['with an empty last value and no trailing pipe', '10|a|b|\n', [[5, 'upsert', 'a', 'b', '']]],
    ['with an empty last value and a trailing pipe', '10|a|b||\n', [[5, 'upsert', 'a', 'b', '']]],
    [
      'with CRLF',
      '10|a|b|c|\r\n90|k\r\n',
      [
        [5, 'upsert', 'a', 'b', 'c'],
        [6, 'delete', 'k'],
      ],
    ],
    ['without a last line break', '10|a|b|c', [[5, 'upsert', 'a', 'b', 'c']]],
    [
      'that delete',
      '90|k|\n90|k\n',
      [
        [5, 'delete', 'k'],
        [6, 'delete', 'k'],
      ],
    ],
    ['with escapes', '10|a#/#b|one#Enter#two|{"c":"#/##Enter#"}|\n', [[5, 'upsert', 'a|b', 'one\ntwo', '{"c":"|\n"}']]],
    [
      'with blank lines, metadata and a closing row between',
      '\n\r\n04|x\n10|a|b|c\n\n99|1\n',
      [[8, 'upsert', 'a', 'b', 'c']],
    ],
    ['with too few fields', '10|a|b\n', [[5, null]]],
    [
      'with too many fields',
      '10|a|b|c|d\n10|a|b|c||\n',
      [
        [5, null],
        [6, null],
      ],
    ],
    [
      'of an unknown type',
      '11|a|b|c\nfree text\n1\n10\n100|a|b|c\n',
      [
        [5, null],
        [6, null],
        [7, null],
        [8, null],
        [9, null],
      ],
    ],
    ['that delete by more than the key', '90|k|l\n', [[5, null]]],
    ['that are not there', '', []],
  ];
  for (const [what, text, expected] of cases) {
    it(`are read ${what}`, () => assert.deepEqual(rowsOf(text), expected));
  }

  it('are read piece by piece as they are whole', () => {
    const values = Array.from({ length: 3000 }, (_, i) => (i === 1500 ? 'long '.repeat(50_000).trim() : `Ngọc ${i}`));
    const text = values.map((value, i) => `10|${i}|${value}|c\n`).join('');
    assert.deepEqual(
      rowsOf(text.slice(0, -1)),
      values.map((value, i) => [5 + i, 'upsert', String(i), value, 'c']),
    );
  });

  it('are malformed behind a byte order mark', () => {
    assert.deepEqual(rowsOf('\ufeff10|a|b|c\n'), [[5, null]]);
  });
});
