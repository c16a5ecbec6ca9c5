import type { Outcome } from '../contracts/upload';

/** A finding on one row. It names a field and a code, never the value, so that it may be logged and published. */
export interface Problem {
  code: string;
  /** Field name as documented, null when the whole row is meant. */
  field: string | null;
}

export type Severity = 'error' | 'parked' | 'warning';

/** A problem as users read it. */
export interface ReportedProblem extends Problem {
  severity: Severity;
  message: string;
}

export type { Outcome };
