import type { Severity } from '../problems';

/** What users read about one code; `message` may hold {field}, {line} and other named placeholders, never a value. */
export interface CodeEntry {
  message: string;
  cause: string;
  fix: string;
}

export interface RowCodeEntry extends CodeEntry {
  /** A tenant may raise a warning to an error. */
  severity: Severity;
}

export interface DoorCodeEntry extends CodeEntry {
  httpStatus: number;
}
