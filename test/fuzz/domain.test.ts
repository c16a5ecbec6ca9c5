import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { fileCodes, rowCodes, severityOf, type FileProblem } from '../../src/domain/codes';
import { checkCc5Header, createCc5Scanner, readCc5Rows } from '../../src/domain/formats/cc5';
import { checkBatch, countBatchRows, parseBatch, prepareBatchRows } from '../../src/domain/formats/json-batch';
import type { PreparedRow } from '../../src/domain/prepared-row';
import { compileRowPreparer, malformedRow } from '../../src/domain/rows';
import { fuzzInput } from './inputs';
import { fuzzRuns, fuzzSeed } from './settings';

const place = { workspaceId: 'W', bucketId: 'B' };
const context = { today: '20260115' };

describe(`${fuzzRuns} mutated sync files and batches`, () => {
  it('are each read, or refused with a code, and so is every row', function () {
    this.timeout(30_000 + fuzzRuns * 20);
    const seen = new Map<string, number>();
    for (let seed = fuzzSeed; seed < fuzzSeed + fuzzRuns; seed += 1) {
      const { kind, bytes } = fuzzInput(seed, place);
      try {
        const found = kind === 'file' ? readFile(bytes) : readBatch(bytes);
        for (const code of found) seen.set(code, (seen.get(code) ?? 0) + 1);
      } catch (error) {
        throw new Error(`seed ${seed} (${kind})`, { cause: error });
      }
    }
    // Mutations that only ever break the header would show nothing.
    for (const code of ['accepted', 'ROW_MALFORMED', 'INVALID_JSON', 'FILE_HEADER_INVALID']) {
      assert.ok((seen.get(code) ?? 0) > 0, `${code} never came up in ${JSON.stringify([...seen])}`);
    }
  });
});

function assertProblem({ code, message }: FileProblem): string[] {
  assert.ok(code in fileCodes, code);
  assert.ok(message.length > 0);
  return [code];
}

/** Codes of a row; `accepted` when it goes in. */
function assertRow({ document, entityId, problems }: PreparedRow, operation?: string): string[] {
  const isError = problems.some(({ code }) => severityOf(code) === 'error');
  for (const { code } of problems) assert.ok(code in rowCodes, code);
  if (isError || operation === 'delete') assert.equal(document, null);
  else {
    assert.ok(document !== null && entityId !== null, 'a row without an error has a document and a key');
    assert.equal((JSON.parse(document) as { entityId: string }).entityId, entityId);
    // PostgreSQL stores neither; an escaped backslash before a u is something else.
    assert.doesNotMatch(document.replaceAll('\\\\', ''), /\\u0000|\\ud[89a-f]/);
  }
  return isError ? problems.map(({ code }) => code) : ['accepted'];
}

function readFile(bytes: Buffer): string[] {
  const scanner = createCc5Scanner({ chunkBytes: 2000, maxLineBytes: 100_000, isUtf8 });
  for (let at = 0; at < bytes.length; at += 700) scanner.push(bytes.subarray(at, at + 700));
  const scanned = scanner.end();
  if (!scanned.ok) return assertProblem(scanned.problem);
  const { header, chunks, rowCount } = scanned.plan;
  const checked = checkCc5Header(header, place);
  if (!checked.ok) return assertProblem(checked.problem);
  const prepare = compileRowPreparer(checked.definition, header.columns, context);
  const codes: string[] = [];
  let rows = 0;
  for (const { byteFrom, byteTo, firstLine } of chunks) {
    const chunk = bytes.subarray(byteFrom, byteTo);
    for (const { operation, values } of readCc5Rows(chunk, header.columns.length, firstLine)) {
      rows += 1;
      const row = operation ? prepare(operation, values) : malformedRow(checked.definition);
      codes.push(...assertRow(row, row.operation));
    }
  }
  assert.equal(rows, rowCount, 'scanner and reader count alike');
  return codes;
}

function readBatch(bytes: Buffer): string[] {
  const parsed = parseBatch(bytes);
  if (!parsed.ok) return assertProblem(parsed.problem);
  const checked = checkBatch(parsed.batch, place);
  if (!checked.ok) return assertProblem(checked.problem);
  const codes: string[] = [];
  let rows = 0;
  for (const { rowNo, row } of prepareBatchRows(parsed.batch, checked.definition, context)) {
    rows += 1;
    assert.equal(rowNo, rows);
    codes.push(...assertRow(row, row.operation));
  }
  assert.equal(rows, countBatchRows(parsed.batch));
  return codes;
}
