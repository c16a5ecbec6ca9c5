import { patient } from '../../entities/patient';
import type { ReadContext } from '../../normalize/reader';
import type { NumberedRow, PreparedRow } from '../../prepared-row';
import { compileRowPreparer, malformedRow } from '../../rows';
import { withoutDefusingMark } from './formulas';
import type { PatientCsvHeader } from './header';
import { eachPatientRecord } from './reader';

/**
 * Reads, validates and normalizes whole records of a patient file, as they are asked for, numbered by line.
 *
 * A prepared patient has no key of its own: `entityId` is null and the document has none. Its `columns` are
 * `stagingColumns(patient)`: match_ehr and match_person, by which it is recognised (data-model D.4). The document holds
 * only what the row brings, so that storing it over what is there wipes nothing. A row that is shorter than the header
 * lacks its last cells, which are empty; one with more cells than columns, not empty ones, is ROW_MALFORMED.
 */
export function* eachPatientRow(
  bytes: Uint8Array,
  header: PatientCsvHeader,
  firstLine: number,
  context: ReadContext,
): Generator<NumberedRow> {
  const prepare = compilePatientPreparer(header, context);
  for (const { line, cells } of eachPatientRecord(bytes, header, firstLine)) yield { rowNo: line, row: prepare(cells) };
}

/** Compiles how the cells of one record become a prepared row. Never throws. */
export function compilePatientPreparer(
  { columns }: Pick<PatientCsvHeader, 'columns'>,
  context: ReadContext,
): (cells: readonly string[]) => PreparedRow {
  const fields = columns.flatMap(({ type, name }, place) => (type === 'field' ? [{ name, place }] : []));
  const prepare = compileRowPreparer(
    patient,
    fields.map(({ name }) => ({ name, type: 'string' })),
    context,
  );
  const malformed = malformedRow(patient);
  return (cells) => {
    if (isTooLong(cells, columns.length)) return malformed;
    return prepare(
      'upsert',
      fields.map(({ place }) => withoutDefusingMark(cells[place] ?? '')),
    );
  };
}

function isTooLong(cells: readonly string[], width: number): boolean {
  for (let i = width; i < cells.length; i += 1) if (cells[i]?.trim() !== '') return true;
  return false;
}
