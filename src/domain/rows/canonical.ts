/** Whether a text stands in JSON as it is, between quotes. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/** JSON of a normalized value: as JSON.stringify gives it, faster for the short plain texts that rows are made of. */
export function jsonOf(value: unknown): string {
  if (typeof value === 'string') return isPlain(value) ? `"${value}"` : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; both only come from escapes in JSON or damaged exports. */
export function mayBeUnstorable(json: string): boolean {
  return json.includes('\\u');
}

/** The value without NUL characters, halves of surrogate pairs replaced; the same value when there is none of them. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, storable(item)]));
}
