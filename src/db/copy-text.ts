/*
 * PostgreSQL's COPY text format: fields parted by tabs, rows by newlines, \N for null.
 */

/** A field that holds JSON, where control characters are escaped already. */
export function copyJson(json: string | null): string {
  return json === null ? '\\N' : json.replaceAll('\\', '\\\\');
}

const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One field; most have nothing to escape, and a test is cheaper than a replacement. */
export function copyField(value: string | null): string {
  if (value === null) return '\\N';
  return special.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => escapes[character]!) : value;
}
