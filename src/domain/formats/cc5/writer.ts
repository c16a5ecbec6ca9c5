import { escapeCell } from './escape';
import type { Cc5Column, Cc5ColumnType, Cc5Header } from './header';

function line(type: string, fields: readonly string[]): string {
  return `${type}|${fields.map(escapeCell).join('|')}\n`;
}

/** Rows 00 to 03 of a sync file, each with its line feed (data-model B.4). */
export function writeCc5Header(header: Cc5Header): string {
  const { customerCode, fileType, createTime, referenceId, keyFields, columns } = header;
  const { entityType, workspaceId, bucketId, dataSourceCode, actionCode } = header;
  return (
    line('00', [customerCode, fileType, createTime, referenceId]) +
    line('01', [entityType, workspaceId, bucketId, dataSourceCode, actionCode]) +
    line('02', keyFields) +
    line(
      '03',
      columns.map(({ name, type }: Cc5Column) => `${name}:${type}`),
    )
  );
}

/** An upsert row with the trailing pipe that every pattern of the documentation shows (E-08). */
export function writeCc5Row(values: readonly string[]): string {
  return `10|${values.map(escapeCell).join('|')}|\n`;
}

/** A physical delete: key values only. */
export function writeCc5Delete(keys: readonly string[]): string {
  return line('90', keys);
}

/** The closing row: `rows` counts the 10 and 90 rows (E-07). */
export function writeCc5Footer(rows: number): string {
  return `99|${rows}\n`;
}

/** Text of a value in a column of the given type; empty for undefined and null (data-model B.4). */
export function cc5Cell(value: unknown, type: Cc5ColumnType): string {
  if (value === undefined || value === null) return '';
  if (type === 'array' && Array.isArray(value)) return arrayCell(value.map(String));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Commas separate; a text that holds one, or would be trimmed or taken for JSON, needs the array as JSON. */
function arrayCell(texts: readonly string[]): string {
  const isSafe = texts.every(
    (text) => text !== '' && text === text.trim() && !text.includes(',') && !text.startsWith('['),
  );
  return isSafe ? texts.join(',') : JSON.stringify(texts);
}
