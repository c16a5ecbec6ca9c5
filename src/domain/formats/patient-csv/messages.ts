import { messageFor, type RowCode } from '../../codes';
import type { PatientCsvHeader } from './header';
import { templateHeading } from './headings';

/** What is said about a row in a results file. */
export interface PatientProblem {
  code: string;
  /** Field of the patient, or the heading of a column for COLUMN_UNKNOWN; null when the whole row is meant. */
  field: string | null;
  /** For DUPLICATE_IN_FILE: the other line. */
  line?: number;
}

/** Sentences that differ for people who fill in a spreadsheet; the others are those of the code tables. */
export const plainSentences: Readonly<Partial<Record<RowCode, string>>> = {
  ROW_MALFORMED: 'The row has more cells than the header has columns. Put a cell that holds a comma in quotation marks',
  REQUIRED_MISSING: '{field} is required and is empty',
  INVALID_DATE:
    '{field} is not a day that exists, or is in the future. Write it as MM/DD/YYYY with four digits of the year',
  INVALID_ENUM: '{field} is none of the words that are known. Write Male or Female',
  INVALID_KEY: '{field} is longer than 256 characters or holds characters that cannot be stored',
  VALUE_UNKNOWN: '{field} does not have the form it should have. It was stored as sent',
  PHONE_UNPARSABLE: '{field} is not a telephone number of ten digits and was left out',
  EMAIL_INVALID: '{field} is not an e-mail address and was left out',
  VALUE_REPAIRED: '{field} was repaired, for example a leading zero was put back',
};

/** `CODE: sentence` as it stands under Messages, naming the column as the file does. Holds no value of the row. */
export function patientMessage(
  { code, field, line }: PatientProblem,
  header?: Pick<PatientCsvHeader, 'columns'>,
): string {
  const sentence = (plainSentences as Readonly<Record<string, string>>)[code];
  const params = { ...(field !== null && { field: headingOf(field, header) }), ...(line !== undefined && { line }) };
  const text = sentence?.replaceAll('{field}', () => params.field ?? 'The row') ?? messageFor(code, params);
  // Several messages are joined by "; ", so none may hold one.
  return `${code}: ${text.replaceAll(';', ',').replace(/\.?$/, '.')}`;
}

function headingOf(field: string, header: Pick<PatientCsvHeader, 'columns'> | undefined): string {
  const column = header?.columns.find(({ name, type }) => type === 'field' && name === field);
  return column?.title.trim() || templateHeading(field);
}

/** The columns that are not known, to be told once, with the first row of the results. */
export function columnMessages(header: Pick<PatientCsvHeader, 'columns'>): readonly string[] {
  return header.columns
    .filter(({ type, title }) => type === 'unknown' && title.trim() !== '')
    .map(({ title }) => patientMessage({ code: 'COLUMN_UNKNOWN', field: title.trim() }));
}
