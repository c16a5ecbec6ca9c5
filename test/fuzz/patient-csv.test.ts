import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { fileCodes, rowCodes, severityOf } from '../../src/domain/codes';
import { recordsOf, requiredHeadings, rowsOf, scan } from '../domain/formats/patient-csv/support';
import { createRandom } from '../domain/formats/fixtures';
import { mutateBytes } from './mutate';
import type { Random } from './plausible';
import { fuzzRuns, fuzzSeed } from './settings';

const options = { record_delimiter: ['\r\n', '\n', '\r'], relax_quotes: true, relax_column_count: true, raw: true };
const delimiters = [',', ',', ';', '\t'];

const pieces = ['"', '"', '""', ',', ',', '\n', '\r\n', '\r', 'a', 'b c', ' ', '\t', 'é', "'", '='];
const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'UTF-16LE without a mark': (text) => Buffer.from(text, 'utf16le'),
  'Windows-1252': (text) => Buffer.from(text, 'latin1'),
};

interface Parsed {
  record: string[];
  raw: string;
}

function randomText(random: Random): string {
  const length = random(60);
  const rest = Array.from({ length }, () => pieces[random(random(2) === 0 ? pieces.length : 9)]).join('');
  return requiredHeadings + ['\n', '\r\n', '\r'][random(3)] + rest;
}

/** Records by csv-parse from the whole text, with the lines on which they begin; undefined for an open quotation mark. */
function byCsvParse(text: string, delimiter: string): { line: number; cells: string[] }[] | undefined {
  let parsed: Parsed[];
  try {
    parsed = parse(text, { ...options, delimiter }) as unknown as Parsed[];
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'CSV_QUOTE_NOT_CLOSED');
    return undefined;
  }
  // Of a CRLF that ends a record csv-parse leaves the LF out of `raw`; it counts as one line break either way.
  let line = 1;
  const records = parsed.map(({ record, raw }) => {
    const begins = line;
    line += raw.match(/\r\n|\r|\n/g)?.length ?? 0;
    return { line: begins, cells: record, isBlank: raw.replaceAll(delimiter, '').replaceAll('"', '').trim() === '' };
  });
  return records.slice(1).flatMap(({ line, cells, isBlank }) => (isBlank ? [] : [{ line, cells }]));
}

describe(`${fuzzRuns} random patient files`, () => {
  it('are cut into the records that csv-parse finds in the whole of them', function () {
    this.timeout(30_000 + fuzzRuns * 20);
    const seen = { open: 0, empty: 0, read: 0, records: 0 };
    for (let seed = fuzzSeed; seed < fuzzSeed + fuzzRuns; seed += 1) {
      const random = createRandom(seed);
      // Neighbouring seeds begin alike.
      for (let i = 0; i < 5; i += 1) random(2);
      const delimiter = delimiters[random(delimiters.length)] as string;
      const text = randomText(random).replaceAll(',', delimiter);
      const names = Object.keys(encodings);
      const name = names[random(names.length)] as string;
      const bytes = (encodings[name] as (text: string) => Buffer)(text);
      const how = { chunkBytes: 1 + random(60), pushBytes: 1 + random(30) };
      const about = `seed ${seed}, ${name}: ${JSON.stringify(text)}`;
      const expected = byCsvParse(text, delimiter);
      if (expected === undefined || expected.length === 0) {
        const scanned = scan(bytes, how);
        assert.equal('code' in scanned && scanned.code, expected ? 'FILE_EMPTY' : 'FILE_QUOTE_OPEN', about);
        seen[expected ? 'empty' : 'open'] += 1;
        continue;
      }
      const records = recordsOf(bytes, how);
      assert.deepEqual(
        records.map(({ line, cells }) => ({ line, cells })),
        expected,
        about,
      );
      for (const { text: own, cells } of records)
        assert.deepEqual((parse(own, { ...options, delimiter }) as unknown as Parsed[])[0]?.record, cells, about);
      seen.read += 1;
      seen.records += records.length;
    }
    assert.ok(
      Object.values(seen).every((count) => count > fuzzRuns / 50),
      JSON.stringify(seen),
    );
  });
});

describe(`${fuzzRuns} mutated patient files`, () => {
  const lines = readFileSync(join(process.cwd(), 'sample/patients/nebraska-day1.csv'), 'utf8').split('\r\n');

  it('are each read, or refused with a code, and so is every row', function () {
    this.timeout(30_000 + fuzzRuns * 20);
    const seen = new Map<string, number>();
    for (let seed = fuzzSeed; seed < fuzzSeed + fuzzRuns; seed += 1) {
      const random = createRandom(seed);
      for (let i = 0; i < 5; i += 1) random(2);
      const rows = [lines[0], ...lines.slice(112, 118), lines[1 + random(100)]];
      // The header less often, as a file that is broken there says nothing about its rows.
      const mutated = mutateBytes(Buffer.from(rows.slice(1).join('\r\n')), random);
      const header = Buffer.from(`${rows[0]}\r\n`);
      const bytes = Buffer.concat([random(4) === 0 ? mutateBytes(header, random) : header, mutated]);
      for (const code of codesOf(bytes, `seed ${seed}`)) seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    for (const code of [
      'accepted',
      'ROW_MALFORMED',
      'REQUIRED_MISSING',
      'INVALID_DATE',
      'FILE_NOT_CSV',
      'FILE_QUOTE_OPEN',
    ]) {
      assert.ok((seen.get(code) ?? 0) > 0, `${code} never came up in ${JSON.stringify([...seen])}`);
    }
  });

  /** The code of a file that is refused, else those of its rows; `accepted` for each that goes in. */
  function codesOf(bytes: Buffer, about: string): string[] {
    const scanned = scan(bytes, { chunkBytes: 600, pushBytes: 250 });
    if ('code' in scanned) {
      assert.ok(scanned.code in fileCodes && scanned.message.length > 0, about);
      return [scanned.code];
    }
    return [...rowsOf(bytes, { chunkBytes: 600, pushBytes: 250 }).values()].flatMap((row) => {
      const isErrored = row.problems.some(({ code }) => severityOf(code) === 'error');
      for (const { code } of row.problems) assert.ok(code in rowCodes, `${code}, ${about}`);
      assert.equal(row.document === null, isErrored, about);
      assert.equal(row.columns.length, 2, about);
      if (row.document === null) return row.problems.map(({ code }) => code);
      assert.ok(row.columns[1], `a patient can be matched, ${about}`);
      // PostgreSQL stores neither; an escaped backslash before a u is something else.
      assert.doesNotMatch(row.document.replaceAll('\\\\', ''), /\\u0000|\\ud[89a-f]/, about);
      assert.equal('entityId' in (JSON.parse(row.document) as object), false);
      return ['accepted'];
    });
  }
});
