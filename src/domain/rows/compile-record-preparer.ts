import type { EntityDefinition } from '../entities/definition';
import type { PlainObject } from '../normalize/free-value';
import { compileReader, isEmpty, pick, type ReadContext } from '../normalize/reader';
import type { PreparedRow } from '../prepared-row';
import { customColumns, customField, type InputColumn } from './custom-columns';
import { fieldSources, isKnownKey, liftInto } from './field-sources';
import { createPreparer } from './preparer';

/**
 * Compiles how records of a JSON batch become prepared rows: as `compileRowPreparer`, but values have their JSON types
 * and keys may be absent. Values that come as text are read as in a sync file. `columns` give the types of custom keys,
 * which are otherwise taken as they come; a known field is what its definition says. Never throws.
 */
export function compileRecordPreparer(
  definition: EntityDefinition,
  context: ReadContext,
  columns: readonly InputColumn[] = [],
): (operation: PreparedRow['operation'], record: PlainObject) => PreparedRow {
  const typed = customColumns(definition, columns).map(
    (column) => [column.name, compileReader(customField(column), column.name, context)] as const,
  );
  const prepare = createPreparer(definition, [], context, new Map(typed));
  const sources = fieldSources(definition);
  const isKnown = isKnownKey(definition);

  return (operation, record) => {
    const raws = sources.map(({ names, lifted }) => {
      const raw = pick(record, names);
      return lifted.reduce(
        (value, { from, to }) => (isEmpty(record[from]) ? value : liftInto(value, { [to]: record[from] })),
        raw,
      );
    });
    const extras = Object.entries(record).filter(([key]) => !isKnown(key));
    return prepare(operation, raws, extras.length > 0 ? Object.fromEntries(extras) : undefined);
  };
}
