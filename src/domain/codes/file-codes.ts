import type { CodeEntry } from './code-entry';

/** Codes that fail an upload as a whole; nothing of it is committed (DESIGN section 2). */
export const fileCodes = {
  FILE_EMPTY: {
    httpStatus: 400,
    message: 'The file is empty: write rows 00 to 03, the data rows and the closing row 99.',
    cause: 'The file has no bytes, or only blank lines.',
    fix: 'Send the file again with its content; a file without changes still has rows 00 to 03 and 99|0.',
  },
  FILE_HEADER_INVALID: {
    httpStatus: 400,
    message: 'Line {line} of the file header is wrong: {reason}.',
    cause: 'One of the rows 00 to 03 is missing, out of order, or does not hold what it must.',
    fix: 'Correct the line that is named; the four rows come first, in order, one line each.',
  },
  FILE_COUNT_MISMATCH: {
    httpStatus: 400,
    message: 'The closing row 99 does not fit the file: {reason}.',
    cause: 'The file was cut off or joined, or its rows were counted wrongly.',
    fix: 'Write the number of 10 and 90 rows into row 99, as the last row, and send the whole file again.',
  },
  FILE_ENTITY_UNKNOWN: {
    httpStatus: 400,
    message: 'Row 01 names an entity type and data source code that do not belong to any entity that can be uploaded.',
    cause: 'The pair of entity type and data source code is misspelt, or the entity is read-only.',
    fix: 'Use a pair of docs/entities.md, for example wks_family with cc-family.',
  },
  FILE_ENTITY_FORBIDDEN: {
    httpStatus: 403,
    message: 'The key of this upload may not import records of this entity.',
    cause: 'Claim attendance is imported by CCN alone, and a key of CCN imports nothing else.',
    fix: 'Use a key with the scope ccn for claim attendance, and one with the scope upload for all other entities.',
  },
  FILE_TENANT_MISMATCH: {
    httpStatus: 400,
    message: 'Row 01 names another workspace or bucket than the one this upload belongs to.',
    cause: 'The file was made for another tenant or environment.',
    fix: 'Write your own workspace id and bucket id into row 01.',
  },
  FILE_TOO_LARGE: {
    httpStatus: 413,
    message: 'The file, or a single line of it, is larger than allowed.',
    cause: 'The file exceeds the size limit, or a line exceeds the line limit, often because line breaks are missing.',
    fix: 'Split the file; write every row on its own line.',
  },
  FILE_ENCODING_INVALID: {
    httpStatus: 400,
    message: 'The file is not valid UTF-8 from line {line} on.',
    cause: 'The file was written in another encoding, for example Windows-1252 or UTF-16.',
    fix: 'Write the file as UTF-8.',
  },
  FILE_NOT_CSV: {
    message: 'The file is not a CSV file: {reason}.',
    cause: 'A spreadsheet, an archive or another kind of file was given the name of a CSV file.',
    fix: 'Save the sheet as CSV (in Excel: Save As, "CSV UTF-8") and send that file.',
  },
  FILE_COLUMN_MISSING: {
    message: 'The file lacks the column {reason}.',
    cause: 'The first row of a patient file does not name a required column, or the file has no header row.',
    fix: 'Begin the file with the header row of the template.',
  },
  FILE_QUOTE_OPEN: {
    message: 'The quotation mark that opens in the row of line {line} is never closed.',
    cause: 'Everything after it reads as one cell, so the rows cannot be told apart.',
    fix: 'Close the quotation mark, and write one inside a cell twice.',
  },
  FILE_CHANGED: {
    message: 'The file was replaced while it was being uploaded.',
    cause: 'Something was put in its place again after the upload had started.',
    fix: 'Ask for a new place for every version of a file, and upload it again.',
  },
  UPLOAD_NOT_ATOMIC: {
    message: 'The upload was rolled back: it asked for all rows or none, and some rows were errored or parked.',
    cause: 'With atomicity "upload" any row that does not go in undoes the whole upload.',
    fix: 'Correct the rows named in the results and send the upload again, or use atomicity "record".',
  },
  UPLOAD_CANCELLED: {
    message: 'The upload was cancelled. Rows that were committed before are stored.',
    cause: 'Someone cancelled it while it was under way.',
    fix: 'Send it again if it should go in after all.',
  },
  UPLOAD_TERMINATED: {
    message: 'The upload was ended by hand on our side: send it again.',
    cause: 'Its workflow was terminated by an operator; rows that were committed before are stored.',
    fix: 'Send the upload again: rows that are stored already come out as unchanged.',
  },
  FILE_NOT_FOUND: {
    httpStatus: 404,
    message: 'The file to import has not been uploaded yet.',
    cause: 'The import was asked for before the file was put at its signed address, or that address had expired.',
    fix: 'PUT the file first, then ask for the import again.',
  },
} as const satisfies Record<string, CodeEntry>;
