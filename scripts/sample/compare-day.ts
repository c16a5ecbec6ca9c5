import type { ExpectedDay, ExpectedEntity } from './expected-day';
import type { RowView } from './upload-client';

/** Counts by outcome, by entity. */
export type Tally = Record<string, Record<string, number>>;

export function tally(rows: readonly RowView[]): Tally {
  const result: Tally = {};
  for (const { entity, outcome } of rows) {
    const counts = (result[entity] ??= {});
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return result;
}

/** Every difference between what became of the rows and what had to, as a line for a person; none means alike. */
export function compareDay(rows: readonly RowView[], expected: ExpectedDay): string[] {
  const unknown = Object.keys(tally(rows)).filter((entity) => !expected[entity]);
  return [
    ...unknown.map((entity) => `${entity}: not among the sample's entities`),
    ...Object.entries(expected).flatMap(([entity, wanted]) => {
      const own = rows.filter((row) => row.entity === entity);
      return [...compareCounts(own, wanted), ...compareProblems(own, wanted)].map((line) => `${entity}: ${line}`);
    }),
  ];
}

function compareCounts(rows: readonly RowView[], { rows: total, outcomes }: ExpectedEntity): string[] {
  const counts: Record<string, number> = {};
  const places = new Set<string>();
  for (const { fileId, rowNo, outcome } of rows) {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    places.add(`${fileId}/${rowNo}`);
  }
  const lines = rows.length === total ? [] : [`${rows.length} rows instead of ${total}`];
  if (places.size !== rows.length) lines.push(`${rows.length - places.size} rows with more than one outcome`);
  for (const outcome of new Set([...Object.keys(counts), ...Object.keys(outcomes)])) {
    const [got, wanted] = [counts[outcome] ?? 0, outcomes[outcome] ?? 0];
    if (got !== wanted) lines.push(`${got} ${outcome} instead of ${wanted}`);
  }
  return lines;
}

function compareProblems(rows: readonly RowView[], { problems }: ExpectedEntity): string[] {
  const lines: string[] = [];
  const missing = new Set(Object.keys(problems));
  for (const { entityId, rowNo, outcome, problems: found } of rows) {
    const name = entityId ?? `row ${rowNo}`;
    const wanted = entityId === null ? undefined : problems[entityId];
    const isHeldBack = outcome === 'errored' || outcome === 'parked';
    if (wanted && entityId !== null) {
      missing.delete(entityId);
      if (outcome !== wanted.outcome) lines.push(`${name} is ${outcome} instead of ${wanted.outcome}`);
      const hasProblem = found.some(({ code, field }) => code === wanted.code && field === wanted.field);
      if (!hasProblem) lines.push(`${name} lacks ${wanted.code} in ${wanted.field}, it has ${describe(found)}`);
    } else if (isHeldBack && entityId !== null) {
      // A row without an id has no name to expect it by: the counts account for it.
      lines.push(`${name} is ${outcome} without cause: ${describe(found)}`);
    }
    if (isHeldBack && found.length === 0) lines.push(`${name} is ${outcome} and no problem says why`);
  }
  return [...lines, ...[...missing].map((name) => `${name} has no outcome`)];
}

function describe(problems: RowView['problems']): string {
  return problems.map(({ code, field }) => `${code} in ${field ?? 'the row'}`).join(', ') || 'none';
}
