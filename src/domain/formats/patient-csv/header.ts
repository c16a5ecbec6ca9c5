import { fileProblem, type FileProblem } from '../../codes';
import { patient } from '../../entities/patient';
import type { CsvEncoding } from './encoding';
import { withoutDefusingMark } from './formulas';
import { parseCells, type CsvDelimiter } from './cells';
import { recogniseHeading, resultHeadings, templateHeading } from './headings';

export interface PatientColumn {
  /** Field of the patient; '' when the column is none. */
  name: string;
  /** `results`: a column of our own, from a results file that is sent again; it is not read. */
  type: 'field' | 'results' | 'unknown';
  /** Heading as it stands in the file. */
  title: string;
}

/** What the rows of a patient file need to know of it: plain JSON, to be kept with the file. */
export interface PatientCsvHeader {
  encoding: CsvEncoding;
  /** Whether the file begins with a mark of its encoding (BOM). */
  hasMark: boolean;
  delimiter: CsvDelimiter;
  columns: PatientColumn[];
}

export type Result<Value> = ({ ok: true } & Value) | { ok: false; problem: FileProblem };

/** More are no table of patients, and every one of them is kept with the file. */
const maxColumns = 1000;

const delimiters: readonly CsvDelimiter[] = [',', ';', '\t'];

/** The delimiter that stands most often outside quotation marks of a header row; a comma when none does. */
export function delimiterOf(headerText: string): CsvDelimiter {
  const bare = headerText.replace(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * Recognises the columns of a patient file without regard to case, order, "Patient" in front, blanks, underscores and
 * punctuation (data-model D.3, E-26, E-27). Problems: FILE_COLUMN_MISSING with every required column that is not there,
 * FILE_HEADER_INVALID when a field stands twice. Columns that are not known are left unread.
 */
export function parseHeader(
  headerText: string,
  delimiter: CsvDelimiter,
  line: number,
): Result<{ columns: PatientColumn[] }> {
  const titles = trimEnd(parseCells(headerText, delimiter)[0] ?? []).map(withoutDefusingMark);
  const columns = onlyWholeResults(titles.map((title): PatientColumn => ({ ...recogniseHeading(title), title })));
  if (columns.length > maxColumns) {
    const reason = `it has more than ${maxColumns} columns`;
    return { ok: false, problem: fileProblem('FILE_HEADER_INVALID', line, { reason }) };
  }
  const names = columns.filter(({ type }) => type === 'field').map(({ name }) => name);
  const missing = patient.fields.filter(({ name, required }) => required === true && !names.includes(name));
  if (missing.length > 0) {
    // Headings that are not known are not quoted: without a header row they are the first patient.
    const reason = missing.map(({ name }) => templateHeading(name)).join(', ');
    return { ok: false, problem: fileProblem('FILE_COLUMN_MISSING', line, { reason }) };
  }
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    const reason = `two columns are read as ${templateHeading(twice)}`;
    return { ok: false, problem: fileProblem('FILE_HEADER_INVALID', line, { reason }) };
  }
  return { ok: true, columns };
}

/** Result and Messages are ours where both are there; one alone is a column of the sender's. */
function onlyWholeResults(columns: PatientColumn[]): PatientColumn[] {
  const own = columns.filter(({ type }) => type === 'results').length;
  return own === resultHeadings.length
    ? columns
    : columns.map((column) => (column.type === 'results' ? { ...column, type: 'unknown' } : column));
}

/** Spreadsheets end every row with the delimiters of columns that were once used. */
function trimEnd(headings: readonly string[]): readonly string[] {
  const last = headings.findLastIndex((heading) => heading.trim() !== '');
  return headings.slice(0, last + 1);
}
