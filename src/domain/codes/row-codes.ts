import type { RowCodeEntry } from './code-entry';

/** Codes that stand beside one row of a result (DESIGN section 2). */
export const rowCodes = {
  ROW_MALFORMED: {
    severity: 'error',
    message: 'The row cannot be read: use row type 10 or 90 and write as many fields as row 03 names.',
    cause: 'The row has more or fewer fields than row 03, or begins with a row type that is neither 10 nor 90.',
    fix: 'Write one value per column in the order of row 03; escape a pipe as #/# and a line break as #Enter#.',
  },
  REQUIRED_MISSING: {
    severity: 'error',
    message: '{field} is required: send a value.',
    cause: 'A required field is empty or its column is missing.',
    fix: 'Send the field; an empty value clears a field and is not accepted for a required one.',
  },
  INVALID_KEY: {
    severity: 'error',
    message: '{field} is not a usable key: send at most 256 characters without control characters.',
    cause: 'A key is longer than 256 characters or holds control characters.',
    fix: 'Send the stable key of your own system as plain text.',
  },
  INVALID_DATE: {
    severity: 'error',
    message: '{field} is not a date or time that exists: send dates as yyyyMMdd and times as HH:mm.',
    cause: 'The value has an unknown form, names a day that does not exist or a birthday in the future.',
    fix: 'Send yyyyMMdd (yyyy-MM-dd, MM/dd/yyyy and ISO date-times are read too); times as HH:mm or h:mm AM.',
  },
  INVALID_NUMBER: {
    severity: 'error',
    message: '{field} is not a number: send digits with a decimal point.',
    cause:
      'The value holds other characters than digits, sign, decimal point, $ and thousands commas, or is too large.',
    fix: 'Send a plain decimal number, amounts in dollars: 1500.00.',
  },
  INVALID_BOOLEAN: {
    severity: 'error',
    message: '{field} is not true or false: send true, false, 1 or 0.',
    cause: 'The value is none of true, false, 1, 0, yes, no, Y, N.',
    fix: 'Send true or false.',
  },
  INVALID_ENUM: {
    severity: 'error',
    message: '{field} holds a value that is not in its list: see docs/entities.md.',
    cause: 'The field has a closed list of values and this is none of them, also after ignoring case and blanks.',
    fix: 'Send one of the documented values.',
  },
  INVALID_JSON: {
    severity: 'error',
    message: '{field} cannot be read as the JSON it should hold.',
    cause: 'An object or list column holds broken JSON, JSON of another shape, or JSON nested deeper than 32 levels.',
    fix: 'Send an object in braces or a list in brackets, on one line, pipes inside written as #/#.',
  },
  INVALID_EMAIL: {
    severity: 'error',
    message: '{field} is not an e-mail address, and this entity requires one.',
    cause: 'A provider is reached and signs in by e-mail, so an unusable address is not accepted.',
    fix: 'Send one address of the form name@example.org.',
  },
  FIELD_NAME_RESERVED: {
    severity: 'error',
    message: 'A key in {field} has a reserved name: avoid $ and . in it, a leading _ and a trailing _id.',
    cause: 'Custom keys may not hold $ or a dot, begin with an underscore, end with _id or be empty.',
    fix: 'Rename the custom key.',
  },
  DATE_RANGE_INVALID: {
    severity: 'error',
    message: '{field} lies before the start date.',
    cause: 'The end of a period is earlier than its start.',
    fix: 'Correct one of the two dates; leave the end empty when it is not known.',
  },
  REFERENCE_MISMATCH: {
    severity: 'error',
    message: '{field} contradicts the record that this row refers to.',
    cause: "A claim's family is not the family of its child, or its provider type is not that of its provider.",
    fix: 'Correct the field or the record referred to, and send the row again.',
  },
  REFERENCE_DISABLED: {
    severity: 'error',
    message: '{field} refers to a record that is disabled.',
    cause: 'The record referred to is disabled, or is being disabled by the same upload.',
    fix: 'Enable the record referred to, or disable this one too.',
  },
  REFERENCE_UNRESOLVED: {
    severity: 'parked',
    message: '{field} refers to a record that is not known yet: the row waits until it arrives.',
    cause: 'No committed record and no row of this upload has this key.',
    fix: 'Send the missing record, in this upload or a later one; the row goes in then by itself.',
  },
  REFERENCE_REJECTED: {
    severity: 'parked',
    message: '{field} refers to a row of this upload that was not accepted: the row waits for its correction.',
    cause: 'The row referred to is in the same upload but is itself errored or parked.',
    fix: 'Correct the row referred to and send it again; this row goes in then by itself.',
  },
  VALUE_UNKNOWN: {
    severity: 'warning',
    message: '{field} holds a value that is not in its list or form: it was stored as sent.',
    cause: 'An open list does not name the value, or an address part, identifier or language has an unknown form.',
    fix: 'Nothing, if it is meant so; otherwise send a documented value.',
  },
  PHONE_UNPARSABLE: {
    severity: 'warning',
    message: '{field} is not a ten-digit US phone number: it was stored as sent.',
    cause: 'The value has more or fewer than ten digits after a leading 1 is dropped.',
    fix: 'Send ten digits, for example 317-555-0199.',
  },
  EMAIL_INVALID: {
    severity: 'warning',
    message: '{field} is not an e-mail address: it was stored as sent.',
    cause: 'The value does not have the form name@example.org.',
    fix: 'Correct the address or leave it empty.',
  },
  NAME_MISMATCH: {
    severity: 'warning',
    message: '{field} differs from the record that this row refers to: it was stored as sent.',
    cause: 'A copied name or birthday is not that of the record referred to.',
    fix: 'Leave the field empty to have it filled in, or check that the reference is the right one.',
  },
  AMOUNT_MISMATCH: {
    severity: 'warning',
    message: '{field} does not add up: it was stored as sent.',
    cause:
      'The amount of an item differs from its price times its quantity by more than a cent, or a sum of hours, days or absences from what it is the sum of.',
    fix: 'Check price, quantity and amount, or the times and their sums.',
  },
  SOFT_REFERENCE_UNRESOLVED: {
    severity: 'warning',
    message: '{field} refers to a record that is not known: the row was stored nevertheless.',
    cause: 'An optional reference names a key that no record has.',
    fix: 'Send the missing record or remove its key.',
  },
  VALUE_REPAIRED: {
    severity: 'warning',
    message: '{field} was repaired before it was stored.',
    cause:
      'Leading zeros were restored, an amount was rounded to cents, a name was cut to its initial, characters that cannot be stored were removed, or sameAddress contradicted the mailing address.',
    fix: 'Check the stored value and send it in its documented form.',
  },
  VALUE_LEFT_OUT: {
    severity: 'warning',
    message: '{field} cannot be read and was left out: a value that was stored before stays.',
    cause: 'An optional cell of a patient file holds a date, number, state or zip that does not exist.',
    fix: 'Correct the cell and send the row again.',
  },
  INVALID_ICD10: {
    severity: 'warning',
    message: '{field} holds a code that does not have the form of ICD-10-CM: it was left out.',
    cause: 'A diagnosis code is not a letter, two characters and up to four more after a dot, such as E11.9.',
    fix: 'Correct the code; several are separated by semicolons.',
  },
  INCOMPLETE_NAME_PAIR: {
    severity: 'warning',
    message: '{field} is empty, but the other half of the name is there.',
    cause: 'First name and last name of a care manager or physician only say who it is together.',
    fix: 'Send both names.',
  },
  PATIENT_AMBIGUOUS: {
    severity: 'error',
    message: 'The row fits more than one patient.',
    cause: 'The EHR ID, or the names, birthday and gender, belong to several stored patients.',
    fix: 'Send the EHR ID of the patient that is meant.',
  },
  DUPLICATE_IN_FILE: {
    severity: 'warning',
    message: 'The same patient stands in line {line} of this file too.',
    cause: 'Two rows of one file have the same EHR ID, or the same names, birthday and gender.',
    fix: 'Nothing, if both rows are right; of cells that differ the later row counts.',
  },
  NO_CHANGES: {
    severity: 'warning',
    message: 'Everything in this row was stored already.',
    cause: 'The patient is known and the row holds nothing new.',
    fix: 'Nothing.',
  },
  COLUMN_UNKNOWN: {
    severity: 'warning',
    message: 'The column {field} is not known and was not read.',
    cause: 'A patient file has a column that is not in the template.',
    fix: 'Nothing, or rename the column as the template does.',
  },
} as const satisfies Record<string, RowCodeEntry>;
