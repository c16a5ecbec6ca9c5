import { rowCodes } from './codes';
import type { Severity } from './problems';

/*
 * The row codes as plain tables, for the association rules that are judged in SQL.
 */

/** Severity by code. */
export const severityTable: Readonly<Record<string, Severity>> = Object.fromEntries(
  Object.entries(rowCodes).map(([code, entry]) => [code, entry.severity]),
);

/** Message by code, with {field} where the field's name goes. */
export const messageTemplates: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(rowCodes).map(([code, entry]) => [code, entry.message]),
);
