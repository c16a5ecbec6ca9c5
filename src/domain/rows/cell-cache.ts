import type { Problem } from '../problems';

/** What became of one JSON cell. */
export interface Cell {
  value: unknown;
  /** Canonical JSON, undefined for an empty cell. */
  json: string | undefined;
  problems: readonly Problem[];
}

const maxCells = 2000;
/** After this many misses a column must have proved that its cells repeat. */
const trialMisses = 2000;
const maxCachedLength = 20_000;

/**
 * Remembers what became of the last cells of a column by their raw text: schedules and rates repeat over thousands of
 * rows. Stops trying for columns whose cells do not repeat, where it would only cost.
 */
export function createCellCache(read: (raw: string) => Cell): (raw: string) => Cell {
  const cells = new Map<string, Cell>();
  let hits = 0;
  let misses = 0;
  let isWorthwhile = true;
  return (raw) => {
    if (!isWorthwhile || raw.length > maxCachedLength) return read(raw);
    const known = cells.get(raw);
    if (known !== undefined) {
      hits += 1;
      return known;
    }
    const cell = read(raw);
    misses += 1;
    isWorthwhile = misses < trialMisses || hits > misses;
    if (cells.size >= maxCells || !isWorthwhile) cells.clear();
    // A cut of the chunk's text would keep the whole chunk in memory for as long as it is remembered.
    if (isWorthwhile) cells.set(` ${raw}`.slice(1), cell);
    return cell;
  };
}
