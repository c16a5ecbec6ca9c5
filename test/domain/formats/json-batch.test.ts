import assert from 'node:assert/strict';
import { findEntity } from '../../../src/domain/entities';
import {
  batchOfRows,
  checkBatch,
  prepareBatchRows,
  readBatch,
  type JsonBatch,
} from '../../../src/domain/formats/json-batch';
import { holdsTooManyValues } from '../../../src/domain/formats/json-batch/limits';
import type { PreparedRow } from '../../../src/domain/prepared-row';
import { compileRowPreparer } from '../../../src/domain/rows';
import { batchOf, type BatchParts } from '../../support/batches';
import { context } from '../rows/fixtures';

const place = { workspaceId: 'W', bucketId: 'B' };

function read(parts: BatchParts): JsonBatch {
  const parsed = readBatch(batchOf(place, 'family', parts));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.batch;
}

function prepare(parts: BatchParts): PreparedRow[] {
  return [...prepareBatchRows(read(parts), findEntity('family')!, context)].map(({ row }) => row);
}

/** The stored document of one record without what every family has. */
function stored(FieldMappings: Record<string, unknown>, record: object): unknown {
  const [row] = prepare({ FieldMappings, data: [{ entityId: 'F-1', name: 'Ruiz', ...record }] });
  assert.deepEqual(row?.problems, []);
  const { entityId, disabled, ...rest } = JSON.parse(row?.document ?? '') as Record<string, unknown>;
  assert.deepEqual([entityId, disabled], ['F-1', false]);
  return rest;
}

describe('the field mappings of a batch', () => {
  for (const [what, mappings, record, expected] of [
    ['rename a column', { N: { name: 'name' } }, { N: 'Gil' }, { name: 'Gil' }],
    [
      'take the key for a missing code and name',
      { extra: { type: 'number' } },
      { extra: '1' },
      { name: 'Ruiz', extra: 1 },
    ],
    [
      'go by the code rather than the key',
      { a: { code: 'b', name: 'c' } },
      { a: 1, b: 2 },
      { name: 'Ruiz', a: 1, c: 2 },
    ],
    ['take a name that is no field for a label', { name: { name: 'Family name' } }, {}, { name: 'Ruiz' }],
    [
      'read an alias of ours as a field',
      { status: { name: 'Status' } },
      { status: 'Active' },
      { name: 'Ruiz', status: 'active' },
    ],
    ['swap two columns', { x: { name: 'y' }, y: { name: 'x' } }, { x: 1, y: 2 }, { name: 'Ruiz', x: 2, y: 1 }],
    [
      'translate values',
      { language: { dictionary: { E: 'en' } } },
      { language: ' E ' },
      { name: 'Ruiz', language: 'en' },
    ],
    [
      'leave values that are not listed',
      { language: { dictionary: { E: 'en' } } },
      { language: 'es' },
      { name: 'Ruiz', language: 'es' },
    ],
    [
      'translate numbers and booleans by their text',
      { homeless: { dictionary: { 7: true } } },
      { homeless: 7 },
      { name: 'Ruiz', homeless: true },
    ],
    [
      'translate each of a list',
      { tags: { dictionary: { a: 'A' } } },
      { tags: ['a', 'b'] },
      { name: 'Ruiz', tags: ['A', 'b'] },
    ],
    ['clear by translating to null', { comment: { dictionary: { '-': null } } }, { comment: '-' }, { name: 'Ruiz' }],
    [
      'know no words of JavaScript',
      { comment: { dictionary: { a: 'b' } } },
      { comment: 'constructor' },
      { name: 'Ruiz', comment: 'constructor' },
    ],
    [
      'leave objects alone',
      { more: { type: 'object', dictionary: { a: 'b' } } },
      { more: { x: 'a' } },
      { name: 'Ruiz', more: { x: 'a' } },
    ],
  ] as const) {
    it(what, () => assert.deepEqual(stored(mappings, record), expected));
  }

  it('give custom columns the same document as a sync file with these types', () => {
    const types = { zeta: 'int', alpha: 'bool', mid: 'array', text: 'string', day: 'date', none: 'object' };
    const cells = { zeta: '3', alpha: 'Y', mid: 'a,b', text: ' x ', day: '2026-01-01', none: '{}' };
    const columns = [
      { name: 'entityId', type: 'string' },
      { name: 'name', type: 'string' },
      ...Object.entries(types).map(([name, type]) => ({ name, type })),
    ];
    const fromFile = compileRowPreparer(
      findEntity('family')!,
      columns,
      context,
    )('upsert', ['F-1', 'Ruiz', ...Object.values(cells)]);
    const mappings = Object.fromEntries(
      Object.entries(types).map(([name, type]) => [name, { code: name, name, type }]),
    );
    const record = { entityId: 'F-1', name: 'Ruiz', ...cells, zeta: 3, alpha: true };
    const [fromBatch] = prepare({ FieldMappings: mappings, data: [record] });
    assert.equal(fromBatch?.document, fromFile.document);
  });
});

describe('the envelope of a batch', () => {
  for (const [what, parts, total] of [
    ['all records', { data: [{}], delete: [{}] }, 2],
    ['records to store only', { data: [{}], delete: [{}] }, 1],
    ['them as text', { data: [{}] }, '1'],
  ] as const) {
    it(`may count ${what}`, () => assert.ok(readBatch(batchOf(place, 'family', { ...parts, total })).ok));
  }

  for (const total of [-1, 1.5, '1e0', [1], true, 3]) {
    it(`may not count ${JSON.stringify(total)}`, () => {
      const parsed = readBatch(batchOf(place, 'family', { data: [{}], total }));
      assert.equal(!parsed.ok && parsed.problem.code, 'FILE_COUNT_MISMATCH');
    });
  }

  it('may leave out footer, delete and mappings', () => {
    const { ImportData } = batchOf(place, 'family', { data: [{ entityId: 'F-1' }] });
    const header = { ...(ImportData['header'] as object), FieldMappings: undefined };
    assert.ok(readBatch({ ImportData: { header, data: ImportData['data'] } }).ok);
  });

  it('belongs to one tenant and one entity', () => {
    const batch = read({});
    const checked = checkBatch(batch, place);
    assert.equal(checked.ok && checked.definition.name, 'family');
    assert.ok(!checkBatch(batch, { ...place, bucketId: 'b' }).ok);
  });

  it('is cut down to some rows', () => {
    const batch = read({ data: [1, 2], delete: [3, 4], InstanceId: 'a' });
    const { ImportData } = batchOfRows(batch, (rowNo) => rowNo === 2 || rowNo === 3, 'b') as {
      ImportData: Record<string, unknown>;
    };
    assert.deepEqual([ImportData['data'], ImportData['delete']], [[2], [3]]);
    assert.deepEqual([ImportData['footer'], ImportData['InstanceId']], [{ total: 2 }, 'b']);
    assert.ok(readBatch({ ImportData }).ok);
  });

  it('holds only so many values, not counting what stands in texts', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    assert.equal(holdsTooManyValues(bytes('[1,2,3,4]'), 3), true);
    assert.equal(holdsTooManyValues(bytes('[1,2,3,4]'), 4), false);
    assert.equal(holdsTooManyValues(bytes('["a,b\\",c[{:"]'), 2), false);
  });
});
