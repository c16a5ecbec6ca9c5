import assert from 'node:assert/strict';
import {
  cc5Cell,
  parseCc5Header,
  readCc5Rows,
  writeCc5Delete,
  writeCc5Footer,
  writeCc5Header,
  writeCc5Row,
  type Cc5Header,
} from '../../../src/domain/formats/cc5';
import { read } from '../normalize/table';
import { createRandom, scan } from './fixtures';

const header: Cc5Header = {
  customerCode: 'A|B',
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
    { name: 'tags', type: 'array' },
  ],
};

describe('a sync file that was written', () => {
  it('reads as the same header', () => {
    const parsed = parseCc5Header(writeCc5Header(header).trimEnd().split('\n'));
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.header, header);
  });

  it('reads as the same rows, whatever characters they hold', () => {
    const random = createRandom(3);
    // No #: a literal escape cannot be told from an escape (E-13).
    const alphabet = ['a', '|', '\n', ' ', '"', '\\', '{', 'é', '李', '😀', '\t', '99', '10|', '/', ','];
    const word = (): string =>
      Array.from({ length: random(6) }, () => alphabet[random(alphabet.length)] ?? '').join('');
    for (let round = 0; round < 200; round += 1) {
      const rows = Array.from({ length: 1 + random(5) }, () =>
        random(4) === 0 ? [word()] : [word(), word(), cc5Cell({ [word()]: word() }, 'object'), word()],
      );
      const body = rows.map((row) => (row.length === 1 ? writeCc5Delete(row) : writeCc5Row(row))).join('');
      const result = scan(writeCc5Header(header) + body + writeCc5Footer(rows.length));
      assert.ok(result.ok);
      const seen: (readonly string[])[] = [];
      for (const { operation, values } of readCc5Rows(Buffer.from(body), 4, 5)) {
        assert.equal(operation, values.length === 1 ? 'delete' : 'upsert');
        seen.push(values);
      }
      assert.deepEqual(seen, rows);
    }
  });

  it('writes values by the type of their column', () => {
    assert.equal(cc5Cell(undefined, 'string'), '');
    assert.equal(cc5Cell(true, 'bool'), 'true');
    assert.equal(cc5Cell(12.5, 'number'), '12.5');
    assert.equal(cc5Cell(['a', 'b'], 'array'), 'a,b');
    assert.equal(cc5Cell([{ a: 1 }], 'list'), '[{"a":1}]');
  });

  it('keeps lists of texts that hold commas, brackets and blanks', () => {
    for (const texts of [['a', 'b'], ['a,b'], ['[x', 'y'], ['x']]) {
      assert.deepEqual(read({ kind: 'strings' }, cc5Cell(texts, 'array')), [texts]);
    }
  });

  it('turns every line break of a value into one escape', () => {
    assert.equal(writeCc5Row(['a\r\nb\rc\nd', 'x|y']), '10|a#Enter#b#Enter#c#Enter#d|x#/#y|\n');
  });
});
