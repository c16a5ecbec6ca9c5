import { templateExample } from './example';
import { patient } from '../../entities/patient';
import type { CsvDelimiter } from './cells';
import { defuseFormula } from './formulas';
import type { PatientCsvHeader } from './header';
import { resultHeadings } from './headings';
import type { CsvRecord } from './reader';

/** What became of a row, in the words of the article (data-model D.5). */
export type PatientStatus = 'Created' | 'Updated' | 'Errored';

const byteOrderMark = '\ufeff';

function csvCell(text: string, delimiter: CsvDelimiter): string {
  const needsQuotes = /["\r\n]/.test(text) || text.includes(delimiter) || text !== text.trim();
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row of CSV with its line break (RFC 4180: CRLF). Formulas are defused. */
export function csvLine(cells: readonly string[], delimiter: CsvDelimiter = ','): string {
  return `${cells.map((cell) => csvCell(defuseFormula(cell), delimiter)).join(delimiter)}\r\n`;
}

/** The template: one header row in the words of the article (data-model D.3). */
export function writeTemplate(): string {
  return csvLine(templateTitles());
}

/** The template with two patients filled in. */
export function writeTemplateExample(): string {
  const rows = templateExample.map((cells) =>
    csvLine(patient.fields.flatMap(({ name, title }) => (title ? [cells[name] ?? ''] : []))),
  );
  return writeTemplate() + rows.join('');
}

function templateTitles(): readonly string[] {
  return patient.fields.flatMap(({ title }) => (title === undefined ? [] : [title]));
}

/**
 * Header row of a results file: the original columns in their original order and text, then Result and Messages; those of
 * an earlier results file are replaced. UTF-8, marked as such where the original was marked or not UTF-8, for only
 * so Excel reads it.
 */
export function writeResultsHeader(header: PatientCsvHeader): string {
  const titles = header.columns.filter(({ type }) => type !== 'results').map(({ title }) => title);
  const mark = header.hasMark || header.encoding !== 'utf-8' ? byteOrderMark : '';
  return mark + csvLine([...titles, ...resultHeadings], header.delimiter);
}

/**
 * Row of a results file: the cells as they were sent, what became of them and why, messages joined by "; ". Cells beyond
 * the last column are kept in it, so that Result and Messages stand under their headings.
 */
export function writeResultsLine(
  header: PatientCsvHeader,
  record: Pick<CsvRecord, 'cells'>,
  status: PatientStatus,
  messages: readonly string[],
): string {
  const { columns, delimiter } = header;
  const cells = columns.map((_, place) => record.cells[place] ?? '');
  const beyond = trimEnd(record.cells.slice(columns.length));
  const last = cells.length - 1;
  if (beyond.length > 0) cells[last] = [cells[last], ...beyond].join(delimiter);
  const original = cells.filter(
    (_, place) => columns[place]?.type !== 'results' || (place === last && beyond.length > 0),
  );
  return csvLine([...original, status, messages.join('; ')], delimiter);
}

/** A results file for a file that could not be read at all. */
export function writeRefusal({ code, message }: Readonly<{ code: string; message: string }>): string {
  return csvLine(resultHeadings) + csvLine(['Errored', `${code}: ${message}`]);
}

function trimEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
}
