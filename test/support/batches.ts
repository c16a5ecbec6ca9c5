import { findEntity } from '../../src/domain/entities';
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
