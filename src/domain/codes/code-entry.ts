import type { Severity } from '../problems';

/** What users read about one code; `message` may hold {field}, {line} and other named placeholders, never a value. */
export interface CodeEntry {
  message: string;
  cause: string;
  fix: string;
  /** With which a door answers; a code without one is never an answer to a request. */
  httpStatus?: number;
}

export interface RowCodeEntry extends CodeEntry {
  /** A tenant may raise a warning to an error. */
  severity: Severity;
}

export interface DoorCodeEntry extends CodeEntry {
  httpStatus: number;
}
