import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { createCc5Scanner, readCc5Rows } from '../../../src/domain/formats/cc5';
import { createRandom, head, scan } from './fixtures';

function file(lines: readonly string[], lineBreak = '\n'): string {
  return [...head, ...lines].map((line) => line + lineBreak).join('');
}

function problemOf(content: string | Uint8Array, options: Parameters<typeof scan>[1] = {}): unknown[] {
  const seen = [1, 3, 1_000_000].map((pieceBytes) => {
    const result = scan(content, { ...options, pieceBytes });
    return result.ok ? [] : [result.problem.code, result.problem.line];
  });
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[0], seen[2]);
  return seen[0] ?? [];
}

describe('the scan of a sync file', () => {
  it('counts rows and plans chunks at line boundaries', () => {
    const content = file(['10|a|b||', '10|x|y', 'oops', '90|k', '99|3']);
    const result = scan(content, { chunkBytes: 12 });
    assert.ok(result.ok);
    const { chunks, rowCount, upserts, deletes, sizeBytes } = result.plan;
    assert.deepEqual(
      { rowCount, upserts, deletes, sizeBytes },
      { rowCount: 4, upserts: 2, deletes: 1, sizeBytes: content.length },
    );
    assert.deepEqual(
      chunks.map(({ byteFrom, byteTo, firstLine, rowCount: rows }) => [
        content.slice(byteFrom, byteTo),
        firstLine,
        rows,
      ]),
      [
        ['10|a|b||\n10|x|y\n', 5, 2],
        ['oops\n90|k\n', 7, 2],
      ],
    );
  });

  it('takes files with CRLF, a byte order mark, blank lines, no last line break and a longer closing row', () => {
    for (const content of [
      file(['10|a|b|', '99|1'], '\r\n'),
      `\ufeff${file(['10|a|b|', '99|1'])}`,
      file(['', '10|a|b|', '', '04|note', '99|1', '', '']),
      file(['10|a|b|', '99|1']).trimEnd(),
      file(['10|a|b|', '99|1|check|']),
    ]) {
      for (const pieceBytes of [1, 2, 7, 1000]) {
        const result = scan(content, { pieceBytes });
        assert.ok(result.ok, content);
        assert.equal(result.plan.rowCount, 1);
        assert.equal(result.plan.header.customerCode, 'AGENCY1');
        const [chunk] = result.plan.chunks;
        const bytes = new TextEncoder().encode(content).subarray(chunk?.byteFrom, chunk?.byteTo);
        assert.match(new TextDecoder().decode(bytes), /10\|a\|b\|/);
      }
    }
  });

  it('takes a file without rows', () => {
    const result = scan(file(['99|0']));
    assert.ok(result.ok);
    assert.deepEqual(result.plan.chunks, []);
  });

  const latin1 = new Uint8Array([...new TextEncoder().encode(file(['10|a|b|'])), 0x31, 0x30, 0x7c, 0xe9, 0x0a]);
  const cutOff = new Uint8Array([...new TextEncoder().encode(`${file([])}10|a`), 0xc3]);
  const wrong: [string, string | Uint8Array, unknown[]][] = [
    ['has no bytes', '', ['FILE_EMPTY', undefined]],
    ['has only blank lines', '\n\r\n', ['FILE_EMPTY', undefined]],
    ['ends within the header', head.slice(0, 2).join('\n'), ['FILE_HEADER_INVALID', 3]],
    ['has its header in disorder', [...head].reverse().join('\n'), ['FILE_HEADER_INVALID', 1]],
    ['has no closing row', file(['10|a|b|']), ['FILE_COUNT_MISMATCH', 6]],
    ['counts too many', file(['10|a|b|', '99|2']), ['FILE_COUNT_MISMATCH', 6]],
    ['counts rows of unknown type', file(['10|a|b|', '55|a', '99|2']), ['FILE_COUNT_MISMATCH', 7]],
    ['closes without a number', file(['10|a|b|', '99|one']), ['FILE_COUNT_MISMATCH', 6]],
    ['closes without anything', file(['10|a|b|', '99']), ['FILE_COUNT_MISMATCH', 6]],
    ['goes on after the closing row', file(['10|a|b|', '99|1', '10|c|d|']), ['FILE_COUNT_MISMATCH', 7]],
    ['closes twice', file(['99|0', '99|0']), ['FILE_COUNT_MISMATCH', 6]],
    ['is not UTF-8', latin1, ['FILE_ENCODING_INVALID', 6]],
    ['ends within a character', cutOff, ['FILE_ENCODING_INVALID', 5]],
    ['is UTF-16', new Uint8Array([0xff, 0xfe, 0x30, 0x00]), ['FILE_ENCODING_INVALID', 1]],
  ];
  for (const [what, content, expected] of wrong) {
    it(`fails with a line when the file ${what}`, () => {
      assert.deepEqual(problemOf(content), expected);
      assert.deepEqual(problemOf(content, { isUtf8 }), expected);
    });
  }

  it('fails on a line that is too long, also before it has ended', () => {
    assert.deepEqual(problemOf(file([`10|${'x'.repeat(200)}||`, '99|1']), { maxLineBytes: 100 }), [
      'FILE_TOO_LARGE',
      5,
    ]);
    const scanner = createCc5Scanner({ chunkBytes: 100, maxLineBytes: 100 });
    assert.equal(scanner.push(new Uint8Array(101).fill(48))?.code, 'FILE_TOO_LARGE');
  });

  it('plans exactly the rows that reading gives, for generated files in pieces of any size', () => {
    const random = createRandom(7);
    const kinds = ['10|é|b||', '10|a|b', '90|k', '', 'x', '05|meta', '10|a#/#|#Enter#|{}|', '1', '10'];
    for (let round = 0; round < 300; round += 1) {
      const lines = Array.from({ length: random(30) }, () => kinds[random(kinds.length)] ?? '');
      const counted = lines.filter((line) => /^(10|90)(\||$)/.test(line)).length;
      const bytes = new TextEncoder().encode(file([...lines, `99|${counted}`], random(2) ? '\n' : '\r\n'));
      const result = scan(bytes, {
        pieceBytes: 1 + random(40),
        chunkBytes: 1 + random(60),
        ...(random(2) && { isUtf8 }),
      });
      assert.ok(result.ok, lines.join('\n'));
      const { chunks, rowCount } = result.plan;
      const seen: string[] = [];
      for (const { byteFrom, byteTo, firstLine, rowCount: planned } of chunks) {
        const before = seen.length;
        const chunk = bytes.subarray(byteFrom, byteTo);
        for (const { rowNo } of readCc5Rows(chunk, 3, firstLine)) seen.push(lines[rowNo - 5] ?? '');
        assert.equal(seen.length - before, planned);
      }
      assert.equal(seen.length, rowCount);
      assert.deepEqual(
        seen,
        lines.filter((line) => line !== '' && !line.startsWith('05')),
      );
    }
  });
});
