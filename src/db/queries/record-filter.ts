import type { Condition, QueryField } from '../../domain/query';

/** SQL with `?` for each of its bindings. */
export interface Sql {
  text: string;
  bindings: readonly unknown[];
}

/** Columns of `records` by the field that they hold, with the type in which values are compared with them. */
const columns: Readonly<Record<NonNullable<QueryField['column']>, { name: string; type: string }>> = {
  id: { name: 'r.id', type: 'bigint' },
  entityId: { name: 'r.entity_id', type: 'text' },
  modified: { name: 'r.modified', type: 'timestamptz' },
  disabled: { name: 'r.disabled', type: 'boolean' },
  startDate: { name: 'r.start_date', type: 'text' },
  endDate: { name: 'r.end_date', type: 'text' },
};

/**
 * The SQL of a filter over `records r`. Names and values of the request only ever travel as bindings: fields that have no
 * column are reached by a jsonpath that is bound as well, whose keys are quoted. Its lax mode compares like MongoDB:
 * lists by any of their items, and only values of the same type.
 */
export function filterSql(condition: Condition): Sql {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joined(condition.kind, condition.of.map(filterSql));
    case 'not': {
      const { text, bindings } = filterSql(condition.of);
      return { text: `(${text}) IS NOT TRUE`, bindings };
    }
    case 'in':
      return within(condition.field, condition.values);
    case 'compare': {
      const { field, operator, value } = condition;
      if (!field.column) return documentHas(field, `? (@ ${operator} $value)`, { value });
      const { name, type } = columns[field.column];
      return { text: `${name} ${operator} CAST(? AS ${type})`, bindings: [value] };
    }
    case 'exists':
      return isThere(condition.field, '');
    case 'absent': {
      const { text, bindings } = isThere(condition.field, '? (@.type() != "null")');
      return { text: `(${text}) IS NOT TRUE`, bindings };
    }
  }
}

function within(asked: QueryField, values: readonly unknown[]): Sql {
  if (!asked.column) return documentHas(asked, '? (@ == $value[*])', { value: values });
  const { name, type } = columns[asked.column];
  if (values.length === 1) return { text: `${name} = CAST(? AS ${type})`, bindings: [values[0]] };
  return { text: `${name} = ANY(CAST(? AS ${type}[]))`, bindings: [[...values]] };
}

function isThere(asked: QueryField, pathTest: string): Sql {
  if (asked.column) return { text: `${columns[asked.column].name} IS NOT NULL`, bindings: [] };
  return documentHas(asked, pathTest, {});
}

function documentHas({ path }: QueryField, test: string, values: object): Sql {
  const keys = path.map((key) => `.${JSON.stringify(key)}`).join('');
  return {
    text: `jsonb_path_exists(r.document, CAST(? AS jsonpath), CAST(? AS jsonb))`,
    bindings: [`$${keys} ${test}`, JSON.stringify(values)],
  };
}

function joined(word: 'and' | 'or', parts: readonly Sql[]): Sql {
  if (parts.length === 0) return { text: word === 'and' ? 'true' : 'false', bindings: [] };
  return {
    text: `(${parts.map(({ text }) => text).join(` ${word.toUpperCase()} `)})`,
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
}

/** What records are put in order by. Where a field is missing comes first, as with MongoDB. */
export function orderSql({ field: asked, descending }: { field: QueryField; descending: boolean }): Sql {
  const direction = descending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST';
  if (asked.column === 'startDate' || asked.column === 'endDate') {
    return { text: `${columns[asked.column].name} ${direction}`, bindings: [] };
  }
  // Never null, so an index serves both ways.
  if (asked.column) return { text: `${columns[asked.column].name} ${descending ? 'DESC' : 'ASC'}`, bindings: [] };
  const isText = asked.comparedAs === 'text' || asked.comparedAs === 'date';
  const value = isText ? `(r.document #>> CAST(? AS text[])) COLLATE "C"` : `(r.document #> CAST(? AS text[]))`;
  return { text: `${value} ${direction}`, bindings: [[...asked.path]] };
}
