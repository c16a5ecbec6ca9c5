import assert from 'node:assert/strict';
import { checkCc5Header, parseCc5Header } from '../../../src/domain/formats/cc5';
import { head } from './fixtures';

function problemOf(lines: readonly string[]): unknown[] {
  const parsed = parseCc5Header(lines);
  return parsed.ok ? [] : [parsed.problem.code, parsed.problem.line];
}

function withLine(line: number, text: string): string[] {
  return head.map((original, i) => (i === line - 1 ? text : original));
}

describe('the header of a sync file', () => {
  it('is read from rows 00 to 03', () => {
    const parsed = parseCc5Header(head);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.header, {
      customerCode: 'AGENCY1',
      fileType: 'cc5',
      createTime: '20260115003000',
      referenceId: 'run-1',
      entityType: 'wks_family',
      workspaceId: 'W',
      bucketId: 'B',
      dataSourceCode: 'cc-family',
      actionCode: '',
      keyFields: ['entityId'],
      columns: [
        { name: 'entityId', type: 'string' },
        { name: 'name', type: 'string' },
        { name: 'data', type: 'object' },
      ],
    });
  });

  it('may end its lines with a pipe and name types in any case', () => {
    assert.deepEqual(problemOf(withLine(3, '02|entityId|')), []);
    assert.deepEqual(problemOf(withLine(4, '03|entityId:String|x:BOOL|')), []);
  });

  const wrong: [string, string[], number][] = [
    ['row 00 is missing', head.slice(1), 1],
    ['row 01 is missing', [head[0] ?? '', ...head.slice(2)], 2],
    ['row 03 is missing', head.slice(0, 3), 4],
    ['row 01 lacks the bucket', withLine(2, '01|wks_family|W||cc-family|'), 2],
    ['the key is another field', withLine(3, '02|id'), 3],
    ['the key has two fields', withLine(3, '02|entityId|name'), 3],
    ['a column stands twice', withLine(4, '03|entityId|name|name'), 4],
    ['a column has an unknown type', withLine(4, '03|entityId|name:text'), 4],
    ['a column has no name', withLine(4, '03|entityId||name'), 4],
    ['a column has a reserved name', withLine(4, '03|entityId|parent_id'), 4],
    ['the key is not a column', withLine(4, '03|name'), 4],
  ];
  for (const [what, lines, line] of wrong) {
    it(`is refused with its line when ${what}`, () =>
      assert.deepEqual(problemOf(lines), ['FILE_HEADER_INVALID', line]));
  }

  it('is empty when nothing is there', () => assert.deepEqual(problemOf(['', ' ']), ['FILE_EMPTY', undefined]));

  it('must belong to the tenant and to a known entity', () => {
    const check = (line: string, tenant = { workspaceId: 'W', bucketId: 'B' }): unknown => {
      const parsed = parseCc5Header(withLine(2, line));
      assert.ok(parsed.ok);
      const checked = checkCc5Header(parsed.header, tenant);
      return checked.ok ? checked.definition.name : [checked.problem.code, checked.problem.line];
    };
    assert.equal(check('01|wks_family|W|B|cc-family|'), 'family');
    assert.deepEqual(check('01|wks_family|W|C|cc-family|'), ['FILE_TENANT_MISMATCH', 2]);
    assert.deepEqual(check('01|wks_family|V|B|cc-family|'), ['FILE_TENANT_MISMATCH', 2]);
    assert.deepEqual(check('01|wks_family|W|B|cc-care|'), ['FILE_ENTITY_UNKNOWN', 2]);
    assert.equal(check('01|wks_attendance|W|B|cc-claim-attendance|'), 'claim_attendance');
    assert.deepEqual(check('01|wks_attendance|W|B|cc-attendance|'), ['FILE_ENTITY_UNKNOWN', 2]);
  });
});
