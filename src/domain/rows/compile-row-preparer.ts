import type { EntityDefinition } from '../entities/definition';
import { stagingColumns } from '../entities/staging-columns';
import type { ReadContext } from '../normalize/reader';
import type { PreparedRow } from '../prepared-row';
import { customColumns, customField, type InputColumn } from './custom-columns';
import { fieldSources, liftInto } from './field-sources';
import { createPreparer } from './preparer';

/**
 * Compiles how rows of a sync file become prepared rows (data-model A.11). `columns` are those of row 03; the type of a
 * known field is what its definition says. The function takes the values of a row in that order, for a delete only the
 * key, and never throws: what is wrong stands in `problems`. Compile once per chunk, call once per row.
 */
export function compileRowPreparer(
  definition: EntityDefinition,
  columns: readonly InputColumn[],
  context: ReadContext,
): (operation: PreparedRow['operation'], values: readonly string[]) => PreparedRow {
  const custom = [...customColumns(definition, columns)].sort((a, b) => (a.name < b.name ? -1 : 1));
  const prepare = createPreparer(definition, custom.map(customField), context);
  const placeOf = (name: string): number => columns.findIndex((column) => column.name === name);
  const placesOf = (names: readonly string[]): readonly number[] => names.map(placeOf).filter((place) => place >= 0);
  const places = [
    ...fieldSources(definition).map(({ names }) => placesOf(names)),
    ...custom.map(({ name }) => placesOf([name])),
  ];
  const firstPlaces = places.map(([first = -1]) => first);
  const spelledTwice = places.flatMap((found, slot) => (found.length > 1 ? [{ slot, found }] : []));
  const lifts = fieldSources(definition).flatMap(({ lifted }, slot) =>
    lifted.map(({ from, to }) => ({ slot, place: placeOf(from), to })).filter(({ place }) => place >= 0),
  );

  return (operation, values) => {
    if (operation === 'delete') return prepare(operation, values);
    const raws: unknown[] = [];
    for (const place of firstPlaces) raws.push(place < 0 ? undefined : values[place]);
    for (const { slot, found } of spelledTwice) raws[slot] = found.map((place) => values[place]).find(Boolean) ?? '';
    for (const { slot, place, to } of lifts)
      if (values[place]) raws[slot] = liftInto(raws[slot], { [to]: values[place] });
    return prepare(operation, raws);
  };
}

/** What a row that cannot be read at all becomes: it has no key and is an error as a whole. */
export function malformedRow(definition: EntityDefinition): PreparedRow {
  return {
    operation: 'upsert',
    entityId: null,
    document: null,
    disabled: false,
    columns: stagingColumns(definition).map(() => null),
    problems: [{ code: 'ROW_MALFORMED', field: null }],
  };
}
