import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { createPatientCsvScanner } from '../../../../src/domain/formats/patient-csv';
import { planOf, problemOf, recordsOf, requiredHeadings } from './support';

const ann = 'Ann,Lee,1/2/1950,F';
const bob = 'Bob,Lee,1/2/1950,M';
const file = (...rows: string[]): string => [requiredHeadings, ...rows, ''].join('\n');

describe('the plan of a patient file', () => {
  it('cuts chunks at the ends of records and numbers lines through', () => {
    const bytes = Buffer.from(file(ann, '"An\nn",Lee,1/2/1950,F', bob, bob));
    const { chunks, rowCount, sizeBytes } = planOf(bytes, { chunkBytes: 20 });
    assert.deepEqual(
      chunks.map(({ firstLine, rowCount: rows }) => [firstLine, rows]),
      [
        [2, 2],
        [5, 2],
      ],
    );
    assert.deepEqual([rowCount, sizeBytes], [4, bytes.length]);
    const texts = chunks.map(({ byteFrom, byteTo }) => bytes.subarray(byteFrom, byteTo).toString());
    assert.deepEqual(texts, [`${ann}\n"An\nn",Lee,1/2/1950,F\n`, `${bob}\n${bob}\n`]);
  });

  it('counts lines as an editor does, whichever line breaks there are', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const rows = [requiredHeadings, ann, '', `"Bo${end}b",Lee,1/2/1950,M`, ann];
      const lines = recordsOf(rows.join(end)).map(({ line }) => line);
      assert.deepEqual(lines, [2, 4, 6], JSON.stringify(end));
    }
  });

  it('passes over rows with nothing in them, wherever they stand', () => {
    const records = recordsOf(file('', ann, ',,,', '" ","",,', bob, ',,,', '\t', ''));
    assert.deepEqual(
      records.map(({ line, text }) => [line, text]),
      [
        [3, ann],
        [6, bob],
      ],
    );
  });

  it('begins after blank lines before the header', () => {
    assert.deepEqual(
      recordsOf(`\r\n \r\n${requiredHeadings}\r\n${ann}`).map(({ line }) => line),
      [4],
    );
  });

  it('is read alike in one chunk and in many', () => {
    const rows = Array.from({ length: 6000 }, (_, i) => (i % 10 ? `Ann${i},"L\nee",1/2/1950,F,note ${i}` : ann));
    const whole = recordsOf(file(...rows), { chunkBytes: 1e9, pushBytes: 65_536 });
    assert.equal(whole.length, rows.length);
    assert.deepEqual(recordsOf(file(...rows), { chunkBytes: 20_000, pushBytes: 1000 }), whole);
    assert.equal(whole.at(-1)?.line, 1 + rows.join('\n').split('\n').length - 1);
  });

  it('keeps the text of every record as it was sent', () => {
    const odd = '"Ann ""A""", Lee,"1/2/1950",5" tall,,';
    const cells = ['Ann "A"', ' Lee', '1/2/1950', '5" tall', '', ''];
    assert.deepEqual(recordsOf(file(odd)), [{ line: 2, text: odd, cells }]);
  });
});

describe('a file that is no patient file', () => {
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const cases: readonly [string, string | Buffer, string, number | undefined, RegExp][] = [
    ['is empty', '', 'FILE_EMPTY', undefined, /empty/],
    ['has only blank lines', '\n\n  \n,,\n', 'FILE_EMPTY', undefined, /empty/],
    ['has only a mark', Buffer.from([0xef, 0xbb, 0xbf]), 'FILE_EMPTY', undefined, /empty/],
    ['has a header row only', requiredHeadings, 'FILE_EMPTY', 1, /header row but no patients/],
    ['has a header row and blank rows', `${requiredHeadings}\n,,,\n`, 'FILE_EMPTY', 1, /no patients/],
    ['is an Excel workbook', Buffer.from('PK\u0003\u0004\u0014\u0000\u0006'), 'FILE_NOT_CSV', undefined, /Excel/],
    ['is an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'FILE_NOT_CSV', undefined, /Excel/],
    ['is a PDF', '%PDF-1.7 and more', 'FILE_NOT_CSV', undefined, /PDF/],
    ['is compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'FILE_NOT_CSV', undefined, /compressed/],
    ['holds zero bytes', `${file(ann)}Bob\0,Lee`, 'FILE_NOT_CSV', undefined, /characters that no text has/],
    ['holds zero characters in UTF-16', utf16(`${file(ann)}Bob\0,`), 'FILE_NOT_CSV', undefined, /no text has/],
    ['has half a character of UTF-16', utf16(file(ann)).subarray(0, -1), 'FILE_ENCODING_INVALID', 2, /damaged/],
    ['lacks a required column', `First Name,Last Name,Gender\n${ann}`, 'FILE_COLUMN_MISSING', 1, /Patient Birthday\./],
    ['lacks its header', file(ann).slice(requiredHeadings.length + 1), 'FILE_COLUMN_MISSING', 1, /First Name, Patient/],
    ['has a column twice', `${requiredHeadings},Sex\n${ann}`, 'FILE_HEADER_INVALID', 1, /two columns.*Patient Gender/],
    ['leaves a quotation mark open', file(ann, '"Bob,Lee,1/2/1950,M', ann), 'FILE_QUOTE_OPEN', 3, /line 3 is never/],
    ['leaves one open in the header', `"${requiredHeadings}\n${ann}`, 'FILE_QUOTE_OPEN', 1, /line 1 is never/],
    [
      'is UTF-8 with damaged characters',
      Buffer.concat([Buffer.from(file('José,Lee,1/2/1950,M')), Buffer.from([0x4a, 0xe9, 0x2c])]),
      'FILE_ENCODING_INVALID',
      3,
      /line 3/,
    ],
    [
      'says that it is UTF-8 and is not',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(file('José,Lee,1/2/1950,M'), 'latin1')]),
      'FILE_ENCODING_INVALID',
      2,
      /line 2/,
    ],
  ];
  for (const [name, content, code, line, words] of cases) {
    it(`because it ${name} is refused in plain words`, () => {
      for (const pushBytes of [1, 3, 1000]) {
        const problem = problemOf(content, { pushBytes });
        assert.deepEqual([problem.code, problem.line], [code, line]);
        assert.match(problem.message, words);
        assert.doesNotMatch(problem.message, /Ann|Bob|Lee|José|1950/, 'says nothing of a patient');
      }
    });
  }

  it('is not read past a record that is too long', () => {
    const scanner = createPatientCsvScanner({ chunkBytes: 1000, isUtf8 });
    scanner.push(Buffer.from(file(ann)));
    const megabyte = Buffer.alloc(256 * 1024, 'x');
    let pushes = 0;
    let problem = null;
    while (problem === null && pushes < 100) {
      problem = scanner.push(megabyte);
      pushes += 1;
    }
    assert.equal(pushes, 5);
    assert.deepEqual([problem?.code, problem?.line], ['FILE_TOO_LARGE', 3]);
    assert.equal(scanner.push(megabyte), problem);
    assert.deepEqual(scanner.end(), { ok: false, problem });
  });

  it('is refused for a header that is too long', () => {
    assert.equal(problemOf(`${requiredHeadings},${'x'.repeat(3000)}`, { maxRecordBytes: 2000 }).code, 'FILE_TOO_LARGE');
  });
});
