import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { insertFile, insertUploadFiles, type FileFormat } from '../../src/db/queries/files';
import { insertUpload } from '../../src/db/queries/uploads';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

/** Accepts files by name as one upload, as a door does, but starts no workflow: the test runs the activities itself. */
export async function acceptWithoutWorkflow(
  stack: TestStack,
  { tenantId, workspaceId, bucketId }: TestTenant,
  files: Readonly<Record<string, string | Buffer>>,
  format: FileFormat = 'cc5',
): Promise<{ uploadId: string; uploadSeq: string }> {
  const uploadId = randomUUID();
  const fileIds: string[] = [];
  for (const [fileName, body] of Object.entries(files)) {
    const fileId = randomUUID();
    const objectKey = `uploads/${workspaceId}/${bucketId}/${fileId}/${fileName}`;
    await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: objectKey, Body: body }));
    await insertFile(stack.db, { ...emptyFile, fileId, tenantId, objectKey, fileName, format });
    fileIds.push(fileId);
  }
  const uploadSeq = await insertUpload(stack.db, {
    uploadId,
    tenantId,
    source: 'test',
    mode: 'commit',
    atomicity: 'record',
    idempotencyKey: null,
    requestHash: Buffer.alloc(0),
    actionId: null,
    description: null,
  });
  assert.ok(uploadSeq);
  await insertUploadFiles(stack.db, { uploadSeq, tenantId, fileIds });
  return { uploadId, uploadSeq };
}

const emptyFile = {
  entityType: null,
  folder: null,
  category: null,
  tags: [],
  metadata: {},
  actionId: 'test',
  description: null,
};
