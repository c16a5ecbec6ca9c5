/**
 * What is wrong with a query, by the name of the part that does not fit. `advice` says what would; neither holds a value
 * that was asked for, since those are values of records.
 */
export class QueryFault extends Error {
  constructor(
    readonly field: string,
    readonly advice: string,
  ) {
    super(`${field}: ${advice}.`);
    this.name = 'QueryFault';
  }
}

const longestName = 100;

/** A name out of a request, short enough to be said again. */
export function shortName(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName)}…`;
}
