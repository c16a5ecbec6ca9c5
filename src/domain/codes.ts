import type { CodeEntry } from './codes/code-entry';
import { doorCodes } from './codes/door-codes';
import { fileCodes } from './codes/file-codes';
import { rowCodes } from './codes/row-codes';
import type { Problem, ReportedProblem, Severity } from './problems';

export type RowCode = keyof typeof rowCodes;
export type FileCode = keyof typeof fileCodes;
export type DoorCode = keyof typeof doorCodes;
export type Code = RowCode | FileCode | DoorCode;

export { doorCodes, fileCodes, rowCodes };

/** A fault of a whole file. `line` counts from 1; `message` is ready for users and holds no value of a record. */
export interface FileProblem {
  code: FileCode;
  line?: number;
  message: string;
}

export type MessageParams = Readonly<Record<string, string | number>>;

const catalogue = new Map<string, CodeEntry>(Object.entries({ ...rowCodes, ...fileCodes, ...doorCodes }));

const severities = new Map<string, Severity>(Object.entries(rowCodes).map(([code, { severity }]) => [code, severity]));

/** What a placeholder reads as when the caller has nothing to put there. */
const absentParams: MessageParams = {
  field: 'the row',
  line: '1',
  limit: 'the allowed number of',
  reason: 'see docs',
};

/**
 * The sentence for a code with its placeholders filled in; an unknown code gives the code itself, since a message must
 * never be the reason why a result cannot be read.
 */
export function messageFor(code: string, params: MessageParams = {}): string {
  const entry = catalogue.get(code);
  if (entry === undefined) return code;
  return entry.message.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? absentParams[name] ?? name));
}

/** Whether a code says that an upload as a whole is wrong. */
export function isFileCode(code: string): code is FileCode {
  return Object.hasOwn(fileCodes, code);
}

/** Default severity of a code (DESIGN section 2); everything that is not about a row is an error. */
export function severityOf(code: string): Severity {
  return severities.get(code) ?? 'error';
}

/** HTTP status with which a door answers a code; one that is not meant as an answer is a mistake of ours. */
export function httpStatusOf(code: string): number {
  return catalogue.get(code)?.httpStatus ?? 500;
}

/** A problem of a row with its severity and message. `raised` holds the warnings that the tenant counts as errors. */
export function reportProblem(problem: Problem, raised: ReadonlySet<string> = new Set()): ReportedProblem {
  const severity = severityOf(problem.code);
  return {
    ...problem,
    severity: severity === 'warning' && raised.has(problem.code) ? 'error' : severity,
    message: messageFor(problem.code, problem.field === null ? {} : { field: problem.field }),
  };
}

/** A fault of a whole file with its message. */
export function fileProblem(code: FileCode, line?: number, params: MessageParams = {}): FileProblem {
  const message = messageFor(code, line === undefined ? params : { line, ...params });
  return line === undefined ? { code, message } : { code, line, message };
}
