import type { Tally } from './compare-day';
import { outcomes } from '../../src/contracts/upload';

/** A table of outcomes, one line per entity; columns without a single row are left out. */
export function formatOutcomes(counts: Tally): string {
  const columns = outcomes.filter((outcome) => Object.values(counts).some((entity) => entity[outcome]));
  const header = ['entity', 'rows', ...columns];
  const lines = Object.entries(counts).map(([entity, byOutcome]) => {
    const total = Object.values(byOutcome).reduce((sum, count) => sum + count, 0);
    return [entity, String(total), ...columns.map((outcome) => String(byOutcome[outcome] ?? 0))];
  });
  const table = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
        .join(''),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
