import { createHash, randomUUID } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { insertFile, type NewFile } from '../db/queries/files';
import type { Tenant } from '../db/queries/tenants';
import { findUploadByIdempotencyKey } from '../db/queries/uploads';
import { messageFor } from '../domain/codes';
import type { Writer } from '../domain/entities';
import type { EntityDefinition } from '../domain/entities/definition';
import { checkBatch, countBatchRows, maxBatchRecords, parseBatch, type JsonBatch } from '../domain/formats/json-batch';
import { isStatus } from '../platform/read-objects';
import { Refusal } from './refusal';
import { requireWriter } from './writers';
import { startUpload, type DoorDeps, type StartUploadResult } from './start-upload';

export interface BatchDeps extends DoorDeps {
  s3: S3Client;
  bucket: string;
}

export interface ImportBatchResult extends StartUploadResult {
  file: NewFile;
}

/**
 * Takes a JSON batch (data-model B.6): its envelope is checked, the body is stored as it came, and an upload of it is
 * started. `InstanceId` is the idempotency key: sent again with the same body it is the same upload.
 *
 * @param writers whose records the caller may import
 * @throws Refusal FORBIDDEN when the records are somebody else's, or with the code of a file header for what is wrong with the envelope, BATCH_TOO_LARGE above 1000 records,
 * IDEMPOTENCY_CONFLICT when the InstanceId came with another body before.
 */
export async function importBatch(
  deps: BatchDeps,
  tenant: Tenant,
  writers: readonly Writer[],
  body: Buffer,
): Promise<ImportBatchResult> {
  const { batch, definition } = readEnvelope(tenant, body);
  requireWriter(writers, definition);
  const { instanceId } = batch;
  const file = describeBatchFile(tenant, batch, definition, body);
  const idempotencyKey = instanceId === null ? undefined : `batch/${instanceId}`;
  // A batch that was taken before is there already, and one that is refused for its key shall leave nothing behind.
  const earlier = idempotencyKey && (await findUploadByIdempotencyKey(deps.db, tenant.tenantId, idempotencyKey));
  if (!earlier) {
    await insertFile(deps.db, file);
    await putOnce(deps, file.objectKey, body);
  }
  const started = await startUpload(deps, {
    tenantId: tenant.tenantId,
    source: 'batch',
    mode: 'commit',
    atomicity: 'record',
    fileIds: [file.fileId],
    idempotencyKey,
    actionId: file.actionId,
    writers,
  });
  return { ...started, file };
}

function readEnvelope(tenant: Tenant, body: Buffer): { batch: JsonBatch; definition: EntityDefinition } {
  const parsed = parseBatch(body);
  if (!parsed.ok) throw new Refusal(parsed.problem.code, parsed.problem.message);
  const checked = checkBatch(parsed.batch, tenant);
  if (!checked.ok) throw new Refusal(checked.problem.code, checked.problem.message);
  if (countBatchRows(parsed.batch) > maxBatchRecords) {
    throw new Refusal('BATCH_TOO_LARGE', messageFor('BATCH_TOO_LARGE', { limit: maxBatchRecords }));
  }
  return { batch: parsed.batch, definition: checked.definition };
}

function describeBatchFile(
  { tenantId, workspaceId, bucketId }: Tenant,
  { instanceId, entityType }: JsonBatch,
  definition: EntityDefinition,
  body: Buffer,
): NewFile {
  const fileId = instanceId === null ? randomUUID() : contentId([String(tenantId), instanceId], body);
  return {
    fileId,
    tenantId,
    objectKey: `batches/${workspaceId}/${bucketId}/${fileId}.json`,
    fileName: `${definition.name}.json`,
    entityType,
    folder: null,
    category: null,
    tags: [],
    metadata: {},
    actionId: instanceId ?? fileId,
    description: null,
    format: 'json-batch',
  };
}

/** A UUID (version 8) of names and content: the same request has the same file, so an upload of it is found again. */
function contentId(names: readonly string[], body: Buffer): string {
  const hex = createHash('sha256').update(JSON.stringify(names)).update(body).digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Writes an object unless it is there: two requests with one id hold the same bytes, and an upload pins the first. */
async function putOnce({ s3, bucket }: BatchDeps, objectKey: string, body: Buffer): Promise<void> {
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: objectKey,
        Body: body,
        ContentType: 'application/json',
        IfNoneMatch: '*',
      }),
    );
  } catch (error) {
    if (!isStatus(error, 412) && !isStatus(error, 409)) throw error;
  }
}
