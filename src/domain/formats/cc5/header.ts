import { fileProblem, type FileProblem } from '../../codes';
import { findEntityByType } from '../../entities';
import type { EntityDefinition } from '../../entities/definition';
import { isReservedKey } from '../../normalize/free-value';
import { unescapeCell } from './escape';

export const cc5ColumnTypes = ['string', 'int', 'number', 'bool', 'date', 'array', 'object', 'list'] as const;
export type Cc5ColumnType = (typeof cc5ColumnTypes)[number];

export interface Cc5Column {
  name: string;
  type: Cc5ColumnType;
}

/** Rows 00 to 03 of a sync file (data-model B.4). */
export interface Cc5Header {
  customerCode: string;
  fileType: string;
  createTime: string;
  referenceId: string;
  entityType: string;
  workspaceId: string;
  bucketId: string;
  dataSourceCode: string;
  actionCode: string;
  keyFields: readonly string[];
  columns: readonly Cc5Column[];
}

export type Result<Value> = ({ ok: true } & Value) | { ok: false; problem: FileProblem };

export const headerLines = 4;

function invalid(line: number, reason: string): { ok: false; problem: FileProblem } {
  return { ok: false, problem: fileProblem('FILE_HEADER_INVALID', line, { reason }) };
}

/** Fields after the row type; a trailing pipe adds none where only names follow. */
function fieldsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1)
    .map((field) => unescapeCell(field).trim());
}

function withoutTrailingPipe(fields: readonly string[]): readonly string[] {
  return fields.at(-1) === '' ? fields.slice(0, -1) : fields;
}

/**
 * Reads rows 00 to 03, one per line, in order. Fails with FILE_EMPTY when there is nothing, else FILE_HEADER_INVALID and
 * the line that is missing or wrong: the key must be entityId, columns unique and their types known.
 */
export function parseCc5Header(lines: readonly string[]): Result<{ header: Cc5Header }> {
  if (lines.every((line) => line.trim() === '')) return { ok: false, problem: fileProblem('FILE_EMPTY') };
  for (let i = 0; i < headerLines; i += 1) {
    if (!lines[i]?.startsWith(`0${i}|`)) return invalid(i + 1, `row 0${i} is expected here`);
  }
  const [customerCode = '', fileType = '', createTime = '', referenceId = ''] = fieldsOf(lines[0] ?? '');
  const [entityType, workspaceId, bucketId, dataSourceCode, actionCode = ''] = fieldsOf(lines[1] ?? '');
  if (!entityType || !workspaceId || !bucketId || !dataSourceCode) {
    return invalid(2, 'row 01 must hold entity type, workspace id, bucket id and data source code');
  }
  const keyFields = withoutTrailingPipe(fieldsOf(lines[2] ?? ''));
  if (keyFields.length !== 1 || keyFields[0] !== 'entityId') {
    return invalid(3, 'row 02 must name entityId as the only key field');
  }
  const columns = parseColumns(withoutTrailingPipe(fieldsOf(lines[3] ?? '')));
  if (typeof columns === 'string') return invalid(4, columns);
  return {
    ok: true,
    header: {
      customerCode,
      fileType,
      createTime,
      referenceId,
      entityType,
      workspaceId,
      bucketId,
      dataSourceCode,
      actionCode,
      keyFields,
      columns,
    },
  };
}

function isColumnType(type: string): type is Cc5ColumnType {
  return (cc5ColumnTypes as readonly string[]).includes(type);
}

/** Columns of row 03, or what is wrong with it. */
function parseColumns(codes: readonly string[]): readonly Cc5Column[] | string {
  const columns: Cc5Column[] = [];
  const names = new Set<string>();
  for (const [i, code] of codes.entries()) {
    const colon = code.lastIndexOf(':');
    const name = (colon < 0 ? code : code.slice(0, colon)).trim();
    const type =
      colon < 0
        ? ''
        : code
            .slice(colon + 1)
            .trim()
            .toLowerCase();
    if (name === '') return `column ${i + 1} of row 03 has no name`;
    if (names.has(name)) return `column ${i + 1} of row 03 repeats the name of an earlier one`;
    if (isReservedKey(name))
      return `column ${i + 1} of row 03 has a reserved name ($ or . in it, a leading _ or a trailing _id)`;
    if (type !== '' && !isColumnType(type)) {
      return `column ${i + 1} of row 03 has an unknown type; known are ${cc5ColumnTypes.join(', ')}`;
    }
    names.add(name);
    columns.push({ name, type: isColumnType(type) ? type : 'string' });
  }
  return names.has('entityId') ? columns : 'row 03 must have the column entityId';
}

/**
 * Finds the entity of a file and checks that it is meant for this tenant. Fails with FILE_TENANT_MISMATCH or
 * FILE_ENTITY_UNKNOWN, both on line 2.
 */
export function checkCc5Header(
  header: Cc5Header,
  tenant: { workspaceId: string; bucketId: string },
): Result<{ definition: EntityDefinition }> {
  if (header.workspaceId !== tenant.workspaceId || header.bucketId !== tenant.bucketId) {
    return { ok: false, problem: fileProblem('FILE_TENANT_MISMATCH', 2) };
  }
  const definition = findEntityByType(header.entityType, header.dataSourceCode);
  return definition ? { ok: true, definition } : { ok: false, problem: fileProblem('FILE_ENTITY_UNKNOWN', 2) };
}
