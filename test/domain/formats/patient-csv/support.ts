import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import type { FileProblem } from '../../../../src/domain/codes';
import {
  createPatientCsvScanner,
  eachPatientRecord,
  eachPatientRow,
  type CsvRecord,
  type PatientCsvPlan,
} from '../../../../src/domain/formats/patient-csv';
import type { PreparedRow } from '../../../../src/domain/prepared-row';

export const requiredHeadings = 'First Name,Last Name,Birthday,Gender';
export const context = { today: '20260115' };

export interface ScanOptions {
  chunkBytes?: number;
  pushBytes?: number;
  maxRecordBytes?: number;
}

/** What a scanner makes of a file that comes in pieces: its plan, or what is wrong with it. */
export function scan(file: string | Uint8Array, options: ScanOptions = {}): PatientCsvPlan | FileProblem {
  const { chunkBytes = 100, pushBytes = 7, maxRecordBytes = 10_000 } = options;
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const scanner = createPatientCsvScanner({ chunkBytes, maxRecordBytes, isUtf8 });
  for (let at = 0; at < bytes.length; at += pushBytes) scanner.push(bytes.subarray(at, at + pushBytes));
  const scanned = scanner.end();
  return scanned.ok ? scanned.plan : scanned.problem;
}

export function planOf(file: string | Uint8Array, options?: ScanOptions): PatientCsvPlan {
  const scanned = scan(file, options);
  assert.ok('chunks' in scanned, JSON.stringify(scanned));
  return scanned;
}

export function problemOf(file: string | Uint8Array, options?: ScanOptions): FileProblem {
  const scanned = scan(file, options);
  assert.ok('code' in scanned, 'the file was accepted');
  return scanned;
}

/** All records of a file, chunk by chunk; the plan has to count them rightly. */
export function recordsOf(file: string | Uint8Array, options?: ScanOptions): CsvRecord[] {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const plan = planOf(bytes, options);
  const records: CsvRecord[] = [];
  for (const { byteFrom, byteTo, firstLine, rowCount } of plan.chunks) {
    const before = records.length;
    records.push(...eachPatientRecord(bytes.subarray(byteFrom, byteTo), plan.header, firstLine));
    assert.equal(records.length - before, rowCount);
  }
  assert.equal(records.length, plan.rowCount);
  return records;
}

/** Prepared rows of a file by line. */
export function rowsOf(file: string | Uint8Array, options?: ScanOptions): Map<number, PreparedRow> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const { header, chunks } = planOf(bytes, options);
  const rows = new Map<number, PreparedRow>();
  for (const { byteFrom, byteTo, firstLine } of chunks) {
    for (const { rowNo, row } of eachPatientRow(bytes.subarray(byteFrom, byteTo), header, firstLine, context)) {
      rows.set(rowNo, row);
    }
  }
  return rows;
}
