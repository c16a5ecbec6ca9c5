import type { EntityDefinition } from '../entities/definition';
import { findField, type QueryField } from './fields';
import { asksFor, type Condition } from './filter';
import { QueryFault, shortName } from './query-fault';

export interface SortKey {
  field: QueryField;
  descending: boolean;
}

const mostKeys = 5;

/**
 * Understands `{ field: 1 | -1, … }` (data-model C.2). Whatever is asked for, the order is total: the id breaks ties, or
 * pages would not be stable. Without a sort it is the id itself, which an update does not change, so that a page that is
 * skipped to begins where the one before ended; a query for `modified` goes by that, so that the last record of a page is
 * the one to go on from.
 * @throws QueryFault
 */
export function readSort(definition: EntityDefinition, raw: unknown, filter: Condition): readonly SortKey[] {
  const asked = raw === undefined ? [] : readKeys(definition, raw);
  if (asked.length === 0) {
    return [{ field: columnField(definition, asksFor(filter, 'modified') ? 'modified' : 'id'), descending: false }];
  }
  const isTotal = asked.some(({ field }) => field.column === 'id' || field.column === 'modified');
  return isTotal ? asked : [...asked, { field: columnField(definition, 'id'), descending: false }];
}

const columnField = (definition: EntityDefinition, name: string): QueryField => findField(definition, name)!;

function readKeys(definition: EntityDefinition, raw: unknown): SortKey[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new QueryFault('Sort', 'an object of fields with 1 or -1');
  }
  const entries = Object.entries(raw);
  if (entries.length > mostKeys) throw new QueryFault('Sort', `at most ${mostKeys} fields`);
  return entries.map(([name, direction]: [string, unknown]) => {
    const at = `Sort.${shortName(name)}`;
    const field = findField(definition, name);
    if (!field) throw new QueryFault(at, 'not a field of this entity');
    if (field.container || field.listAt !== undefined) throw new QueryFault(at, 'has no single value to sort by');
    if (direction !== 1 && direction !== -1) throw new QueryFault(at, '1 or -1');
    return { field, descending: direction === -1 };
  });
}
