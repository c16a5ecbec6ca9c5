import { findEntity } from '../../src/domain/entities';
import { parseCc5Header, readCc5Rows } from '../../src/domain/formats/cc5';
import type { TestTenant } from './tenants';

type Place = Pick<TestTenant, 'workspaceId' | 'bucketId'>;

export interface BatchParts {
  data?: readonly unknown[];
  delete?: readonly unknown[];
  FieldMappings?: Record<string, unknown>;
  InstanceId?: string;
  /** Replaces the right total. */
  total?: unknown;
  /** Added to or replacing what stands in `header.metadata`. */
  metadata?: Record<string, unknown>;
}

/** A JSON batch as the documentation writes it (data-model B.6). */
export function batchOf(place: Place, entity: string, parts: BatchParts): { ImportData: Record<string, unknown> } {
  const { entityType, dataSourceCode } = findEntity(entity)!;
  const { data = [], delete: deletes = [], FieldMappings = {}, InstanceId, metadata = {} } = parts;
  return {
    ImportData: {
      header: {
        customer: 'AGENCY1',
        fileType: 'cc5',
        metadata: {
          keys: ['entityId'],
          entityType,
          workspaceId: place.workspaceId,
          bucketId: place.bucketId,
          dataSource: dataSourceCode,
          fileCreateTime: '20260115003000',
          flowType: '',
          ...metadata,
        },
        FieldMappings,
      },
      data,
      delete: deletes,
      footer: { total: parts.total ?? data.length + deletes.length },
      InstanceId,
    },
  };
}

export interface BatchRecords {
  data: unknown[];
  delete: unknown[];
}

/** The rows of a sync file as records of a batch; a row that cannot be read becomes something that is no record. */
export function recordsOfFile(file: string): BatchRecords {
  const lines = file.split('\n');
  const parsed = parseCc5Header(lines.slice(0, 4));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const { columns } = parsed.header;
  const records: BatchRecords = { data: [], delete: [] };
  for (const { operation, values } of readCc5Rows(Buffer.from(lines.slice(4).join('\n')), columns.length, 5)) {
    if (operation === 'delete') records.delete.push({ entityId: values[0] });
    else if (operation === null) records.data.push('malformed');
    else {
      records.data.push(
        Object.fromEntries(columns.map(({ name, type }, i) => [name, jsonValue(values[i] ?? '', type)])),
      );
    }
  }
  return records;
}

/** A cell in the JSON type of its column; what is not of that type stays as it is written. */
function jsonValue(cell: string, type: string): unknown {
  const isJson = type === 'object' || type === 'list' || /^(true|false|-?\d{1,9}(\.\d{1,6})?)$/.test(cell);
  if (type === 'string' || type === 'date' || type === 'array' || !isJson) return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

/** Batches of at most 1000 records, what is to be stored first. */
export function* batchesOf(place: Place, entity: string, { data, delete: deletes }: BatchRecords, size = 1000) {
  for (let at = 0; at < data.length; at += size) yield batchOf(place, entity, { data: data.slice(at, at + size) });
  for (let at = 0; at < deletes.length; at += size) {
    yield batchOf(place, entity, { delete: deletes.slice(at, at + size) });
  }
}
