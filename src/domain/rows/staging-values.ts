import type { EntityDefinition } from '../entities/definition';
import { stagingColumns, type StagingColumn } from '../entities/staging-columns';

type Values = readonly unknown[];
type ColumnReader = (values: Values) => string | null;

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}

/**
 * Readers of the values that stand beside a staged document, in the order of `stagingColumns`. `slotOf` gives the place
 * of a top-level field in the values of a row.
 */
export function stagingReaders(
  definition: EntityDefinition,
  slotOf: (field: string) => number,
): readonly ColumnReader[] {
  return stagingColumns(definition).map((column) => columnReader(definition, column, slotOf));
}

function columnReader(
  definition: EntityDefinition,
  column: StagingColumn,
  slotOf: (field: string) => number,
): ColumnReader {
  switch (column.role) {
    case 'reference':
      return referenceReader(definition, column.index, slotOf);
    case 'link': {
      const slot = slotOf(column.field);
      return (values) => textOrNull(values[slot]);
    }
    case 'attribute': {
      const slots = (definition.exposes[column.attribute] ?? []).map(slotOf);
      return (values) => joined(values, slots);
    }
    case 'match': {
      const { fields = [], key } = definition.matchKeys?.[column.index] ?? {};
      const slots = fields.map(slotOf);
      return (values) => key?.(slots.map((slot) => values[slot])) ?? null;
    }
  }
}

/** Values that are there, joined by a blank; null when none is. */
function joined(values: Values, slots: readonly number[]): string | null {
  let text: string | null = null;
  for (const slot of slots) {
    const part = textOrNull(values[slot]);
    if (part !== null) text = text === null ? part : `${text} ${part}`;
  }
  return text;
}

function referenceReader(definition: EntityDefinition, index: number, slotOf: (field: string) => number): ColumnReader {
  const { field = '', soft, whenDataSourceCode } = definition.references[index] ?? {};
  const [top = '', ...inner] = field.split('.');
  const slot = slotOf(top);
  if (soft) return (values) => keyList(inner.reduce(innerValue, values[slot]));
  if (whenDataSourceCode === undefined) return (values) => textOrNull(values[slot]);
  const codeSlot = slotOf('refDatasourceCode');
  return (values) => (values[codeSlot] === whenDataSourceCode ? textOrNull(values[slot]) : null);
}

function innerValue(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function keyList(value: unknown): string | null {
  if (value === undefined) return null;
  return JSON.stringify(Array.isArray(value) ? value : [String(value)]);
}
