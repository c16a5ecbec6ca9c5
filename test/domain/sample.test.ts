import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { severityOf } from '../../src/domain/codes';
import { checkCc5Header, createCc5Scanner, readCc5Rows } from '../../src/domain/formats/cc5';
import type { PreparedRow } from '../../src/domain/prepared-row';
import { compileRowPreparer, malformedRow } from '../../src/domain/rows';
import { sampleEntities } from '../support/cc5-files';

interface Expectation {
  rows: number;
  outcomes: Record<string, number>;
  problems: Record<string, { outcome: string; code: string; field: string }>;
}

const folder = join(process.cwd(), 'sample', 'carecloud');
const tenant = { workspaceId: 'ws-demo', bucketId: 'bk-demo' };
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<
  string,
  Record<string, Expectation>
>;

function prepareFile(day: string, entity: string): PreparedRow[] {
  const bytes = readFileSync(join(folder, day, `${entity}.cc5txt`));
  const scanner = createCc5Scanner({ chunkBytes: 20_000, maxLineBytes: 1_000_000, isUtf8 });
  for (let at = 0; at < bytes.length; at += 7000) scanner.push(bytes.subarray(at, at + 7000));
  const scanned = scanner.end();
  assert.ok(scanned.ok);
  const { header, chunks } = scanned.plan;
  const checked = checkCc5Header(header, tenant);
  assert.ok(checked.ok);
  const prepare = compileRowPreparer(checked.definition, header.columns, { today: '20260115' });
  const rows: PreparedRow[] = [];
  for (const { byteFrom, byteTo, firstLine, rowCount } of chunks) {
    const before = rows.length;
    const chunk = bytes.subarray(byteFrom, byteTo);
    for (const { rowNo, operation, values } of readCc5Rows(chunk, header.columns.length, firstLine)) {
      assert.equal(rowNo, rows.length + 5);
      rows.push(operation ? prepare(operation, values) : malformedRow(checked.definition));
    }
    assert.equal(rows.length - before, rowCount);
  }
  return rows;
}

function errorsOf({ problems }: PreparedRow): PreparedRow['problems'] {
  return problems.filter(({ code }) => severityOf(code) === 'error');
}

describe('the sample of two days', () => {
  const documents = new Map<string, string>();

  for (const day of ['day1', 'day2']) {
    for (const entity of sampleEntities) {
      it(`gives ${entity} of ${day} exactly the errors that are expected`, () => {
        const { rows, outcomes, problems } = expected[day]?.[entity] as Expectation;
        const prepared = prepareFile(day, entity);
        assert.equal(prepared.length, rows);

        const found = Object.fromEntries(
          prepared
            .filter((row) => row.entityId !== null && row.document === null)
            .map((row) => [row.entityId, errorsOf(row)]),
        );
        const wanted = Object.entries(problems)
          .filter(([, { outcome, code }]) => outcome === 'errored' && !code.startsWith('REFERENCE_'))
          .map(([entityId, { code, field }]) => [entityId, [{ code, field }]]);
        assert.deepEqual(found, Object.fromEntries(wanted));

        const withoutKey = prepared.filter((row) => row.entityId === null);
        const expectedWithoutKey =
          (outcomes['errored'] ?? 0) - Object.values(problems).filter((p) => p.outcome === 'errored').length;
        assert.equal(withoutKey.length, expectedWithoutKey);
        for (const row of withoutKey) assert.deepEqual(row.problems, [{ code: 'ROW_MALFORMED', field: null }]);

        for (const row of prepared)
          if (row.document !== null) assert.equal(JSON.parse(row.document).entityId, row.entityId);
      });

      it(`gives ${entity} of ${day} the same text for the same content`, () => {
        const { outcomes, problems } = expected[day]?.[entity] as Expectation;
        let same = 0;
        let changed = 0;
        for (const { entityId, document } of prepareFile(day, entity)) {
          if (entityId === null || document === null || problems[entityId]) continue;
          const key = `${entity}/${entityId}`;
          const previous = documents.get(key);
          if (previous === document) same += 1;
          else if (previous !== undefined) changed += 1;
          documents.set(key, document);
        }
        assert.deepEqual({ same, changed }, { same: outcomes['unchanged'] ?? 0, changed: outcomes['updated'] ?? 0 });
      });
    }
  }

  it('has no warning but in the fields that were made to warn', () => {
    const warned = new Set<string>();
    for (const name of sampleEntities) {
      for (const row of prepareFile('day1', name)) {
        for (const { code, field } of row.problems)
          if (severityOf(code) === 'warning') warned.add(`${name}.${field} ${code}`);
      }
    }
    assert.deepEqual([...warned].sort(), []);
  });
});
