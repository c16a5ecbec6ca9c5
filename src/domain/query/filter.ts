import type { EntityDefinition } from '../entities/definition';
import { findField, type QueryField } from './fields';
import { QueryFault, shortName } from './query-fault';
import { readValue, type QueryValue } from './values';

/** A filter, understood: fields are known, values have the types in which they compare. */
export type Condition =
  | { kind: 'and' | 'or'; of: readonly Condition[] }
  | { kind: 'not'; of: Condition }
  /** Any of the values equals any of the field's. */
  | { kind: 'in'; field: QueryField; values: readonly QueryValue[] }
  | { kind: 'compare'; field: QueryField; operator: Order; value: QueryValue }
  | { kind: 'exists'; field: QueryField }
  /** Not there, or null, which is the same to those who ask (MongoDB's `$eq: null`). */
  | { kind: 'absent'; field: QueryField };

export type Order = '>' | '>=' | '<' | '<=';

const orders: Readonly<Record<string, Order>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };
const fieldOperators = ['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$exists'];
const groupOperators = ['$and', '$or'];

export const filterLimits = { depth: 8, conditions: 100, listed: 1000 } as const;

/**
 * Understands a filter in MongoDB's manner (data-model C.2, E-20): `{ field: value }`, `{ field: { $gt: value } }`, all
 * conditions of an object together, `$and` and `$or` over lists of filters.
 * @param part how the request calls the filter: `Query` or `filter`
 * @throws QueryFault for operators and fields that are not known, by name, and for what is beyond `filterLimits`
 */
export function readFilter(definition: EntityDefinition, filter: unknown, part = 'Query'): Condition {
  let conditions = 0;

  function readGroup(raw: unknown, at: string, depth: number): Condition {
    if (depth > filterLimits.depth) throw new QueryFault(at, `at most ${filterLimits.depth} levels deep`);
    return all(entriesOf(raw, at).map(([key, value]) => readEntry(key, value, at, depth)));
  }

  function readEntry(key: string, value: unknown, at: string, depth: number): Condition {
    if (!key.startsWith('$')) return readField(key, value, at);
    const name = `${at}.${shortName(key)}`;
    if (!groupOperators.includes(key)) throw unknownOperator(name, groupOperators);
    if (!Array.isArray(value) || value.length === 0) throw new QueryFault(name, 'a list of filters');
    if (value.length > filterLimits.conditions) throw tooMany(part);
    const of = value.map((item) => readGroup(item, name, depth + 1));
    return { kind: key === '$and' ? 'and' : 'or', of };
  }

  function readField(key: string, raw: unknown, at: string): Condition {
    const field = findField(definition, key);
    if (!field) {
      throw new QueryFault(`${at}.${shortName(key)}`, 'not a field of this entity; GET /v1/entities has its schema');
    }
    const name = `${at}.${field.name}`;
    if (!isObject(raw)) return count(equals(field, raw, name));
    const operators = entriesOf(raw, name);
    if (operators.length === 0) throw new QueryFault(name, 'a value, or operators');
    return all(operators.map(([operator, value]) => count(readOperator(field, operator, value, name))));
  }

  function count(condition: Condition): Condition {
    conditions += 1;
    if (conditions > filterLimits.conditions) throw tooMany(part);
    return condition;
  }

  return readGroup(filter, part, 1);
}

function readOperator(field: QueryField, operator: string, value: unknown, name: string): Condition {
  const at = `${name}.${shortName(operator)}`;
  switch (operator) {
    case '$eq':
      return equals(field, value, at);
    case '$ne':
      return { kind: 'not', of: equals(field, value, at) };
    case '$in':
      return isOneOf(field, value, at);
    case '$nin':
      return { kind: 'not', of: isOneOf(field, value, at) };
    case '$exists': {
      if (typeof value !== 'boolean') throw new QueryFault(at, 'true or false');
      const exists: Condition = { kind: 'exists', field };
      return value ? exists : { kind: 'not', of: exists };
    }
    default: {
      const order = Object.hasOwn(orders, operator) ? orders[operator] : undefined;
      if (!order) throw operator.startsWith('$') ? unknownOperator(at, fieldOperators) : wholeObject(name);
      requireComparable(field, at);
      if (value === null) throw new QueryFault(at, 'a value to compare with');
      return { kind: 'compare', field, operator: order, value: readValue(field, value, at) };
    }
  }
}

function equals(field: QueryField, value: unknown, at: string): Condition {
  if (value === null) return { kind: 'absent', field };
  requireComparable(field, at);
  return { kind: 'in', field, values: [readValue(field, value, at)] };
}

function isOneOf(field: QueryField, value: unknown, at: string): Condition {
  if (!Array.isArray(value)) throw new QueryFault(at, 'a list of values');
  if (value.length > filterLimits.listed) throw new QueryFault(at, `at most ${filterLimits.listed} values`);
  requireComparable(field, at);
  const present = value.filter((item) => item !== null);
  const within: Condition = { kind: 'in', field, values: present.map((item) => readValue(field, item, at)) };
  return present.length === value.length ? within : { kind: 'or', of: [within, { kind: 'absent', field }] };
}

function requireComparable(field: QueryField, at: string): void {
  if (field.container) throw new QueryFault(at, 'an object: ask for its fields with dots, or with $exists');
}

const all = (of: readonly Condition[]): Condition => (of.length === 1 ? of[0]! : { kind: 'and', of });

const isObject = (raw: unknown): raw is object => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function entriesOf(raw: unknown, at: string): [string, unknown][] {
  if (!isObject(raw)) throw new QueryFault(at, 'an object');
  return Object.entries(raw);
}

const unknownOperator = (name: string, known: readonly string[]): QueryFault =>
  new QueryFault(name, `no operator here; there are ${known.join(', ')}`);

const wholeObject = (name: string): QueryFault =>
  new QueryFault(name, 'whole objects do not compare: ask for their fields with dots');

const tooMany = (part: string): QueryFault => new QueryFault(part, `at most ${filterLimits.conditions} conditions`);

/** Whether a filter says anything of a column, anywhere in it. */
export function asksFor(condition: Condition, column: QueryField['column']): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.of.some((part) => asksFor(part, column));
    case 'not':
      return asksFor(condition.of, column);
    case 'in':
    case 'compare':
    case 'exists':
    case 'absent':
      return condition.field.column === column;
  }
}
