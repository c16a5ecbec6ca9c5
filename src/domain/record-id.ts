const form = /^[0-9a-f]{24}$/i;

/** The largest number that PostgreSQL counts to. */
const largest = 2n ** 63n - 1n;

/**
 * The system id of a record as clients see it: 24 hexadecimal digits, as in the documentation's samples (data-model A.0.1,
 * C.4). Takes the number under which the record is stored.
 */
export function recordIdOf(id: string | number | bigint): string {
  return BigInt(id).toString(16).padStart(24, '0');
}

/** The number of a record by the id that a client sends; undefined for what cannot be one. */
export function parseRecordId(text: string): string | undefined {
  if (!form.test(text)) return undefined;
  const id = BigInt(`0x${text}`);
  return id <= largest ? id.toString() : undefined;
}

/** The same form made by PostgreSQL, of a column that holds the number. */
export function recordIdSql(column: string): string {
  return `lpad(to_hex(${column}), 24, '0')`;
}
