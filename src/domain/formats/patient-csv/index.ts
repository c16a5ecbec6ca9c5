/*
 * CSV files of patients (patient-import.md, data-model D), pure. How a file is imported:
 *
 * 1. fetch: push its bytes into `createPatientCsvScanner`; `end()` gives a plan: the header (plain JSON, to be kept with the
 *    file), chunks of whole records by byte offset, and the number of rows. Or a FileProblem, for which `writeRefusal`
 *    writes the results file.
 * 2. stage: `eachPatientRow(bytes of the chunk, header, firstLine, { today })` gives prepared rows, numbered by line
 *    (header is line 1), as the other formats do. They have no entityId: they are matched in SQL by the staging columns
 *    match_ehr and match_person (`matchColumn`), and their document holds only what the row brings, so that
 *    `stored || document` wipes nothing.
 * 3. results: read the chunks again with `eachPatientRecord`, and write each record with `writeResultsLine(header, record,
 *    status, messages)`; messages are `patientMessage({code, field, line}, header)`, and `columnMessages(header)` with the
 *    first row. DUPLICATE_IN_FILE, PATIENT_AMBIGUOUS and NO_CHANGES are for step SQL to find; their sentences are here.
 */
export type { CsvDelimiter } from './cells';
export { decodeCsv, type CsvEncoding } from './encoding';
export { type PatientColumn, type PatientCsvHeader } from './header';
export { columnMessages, patientMessage, type PatientProblem } from './messages';
export { eachPatientRecord, type CsvRecord } from './reader';
export { resultsFileName } from './results-name';
export { compilePatientPreparer, eachPatientRow } from './rows';
export {
  createPatientCsvScanner,
  type PatientCsvChunk,
  type PatientCsvPlan,
  type PatientCsvScanner,
  type PatientCsvScannerOptions,
} from './scanner';
export {
  writeRefusal,
  writeResultsHeader,
  writeResultsLine,
  writeTemplate,
  writeTemplateExample,
  type PatientStatus,
} from './writer';
