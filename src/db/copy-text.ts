/*
 * PostgreSQL's COPY text format: fields parted by tabs, rows by newlines, \N for null.
 */

const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One field; most have nothing to escape, and a test is cheaper than a replacement. */
export function copyField(value: string | null): string {
  if (value === null) return '\\N';
  return special.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => escapes[character]!) : value;
}
