import { randomUUID } from 'node:crypto';
import { Router, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { findFile, findUploadOfFile, insertFile, type StoredFile } from '../../db/queries/files';
import type { Tenant } from '../../db/queries/tenants';
import { Refusal } from '../../doors/refusal';
import { startUpload } from '../../doors/start-upload';
import { importScopes, requireWriter } from '../../doors/writers';
import { callerWritersOf, requireScope, tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { findByNameOrType } from '../entities';
import { succeeded } from '../envelope';
import { methodNotAllowed } from '../errors';
import { describeFile, type FileState } from '../file-status';
import { filePathOf, objectExists, safeFileName, signPut } from '../file-store';
import { isId, parseFields, pickFields } from '../request-fields';

const label = z.string().max(200);
const fileName = z
  .string()
  .max(200)
  .regex(/^[^/\\\p{Cc}]+$/u, 'a file name without a path')
  .refine((name) => !/^\.+$/.test(name), 'a file name without a path');

const placeRequest = z.object({
  WorkspaceId: z.string().optional(),
  BucketId: z.string().optional(),
  EntityType: label.optional(),
  FileName: fileName,
  Size: z.int().min(0).optional(),
  Folder: label.optional(),
  Category: label.optional(),
  Tags: z.array(label).max(50).optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  ActionId: label.optional(),
  Description: z.string().max(2000).optional(),
});

const importRequest = z.object({
  ActionId: label.optional(),
  Description: z.string().max(2000).optional(),
  FileType: z.string().regex(/^cc5$/i, 'the constant cc5').optional(),
  FileId: z.string(),
  FilePath: z.string().optional(),
});

const fields = <Shape extends z.ZodObject>(schema: Shape): string[] => Object.keys(schema.shape);

/** The file upload of CareCloud's API in its three calls and one poll (data-model B.5). */
export function createAppfileRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope(...importScopes));
  routes.route('/file/path').post(placeFile(deps)).all(methodNotAllowed('POST'));
  routes.route('/file/import').post(importFile(deps)).all(methodNotAllowed('POST'));
  routes.route('/file/:fileId').get(showFile(deps)).all(methodNotAllowed('GET'));
  return routes;
}

function placeFile(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const tenant = tenantOf(res);
    const request = parseFields(placeRequest, pickFields(req.body, fields(placeRequest)));
    requireOwn(tenant, request);
    requireEntity(res, request.EntityType);
    requireFit(deps, request.Size);
    const fileId = randomUUID();
    const file = {
      fileId,
      tenantId: tenant.tenantId,
      objectKey: `uploads/${tenant.workspaceId}/${tenant.bucketId}/${fileId}/${safeFileName(request.FileName)}`,
      fileName: request.FileName,
      entityType: request.EntityType ?? null,
      folder: request.Folder ?? null,
      category: request.Category ?? null,
      tags: request.Tags ?? [],
      metadata: request.Metadata ?? {},
      actionId: request.ActionId ?? randomUUID(),
      description: request.Description ?? null,
    };
    await insertFile(deps.db, file);
    const url = await signPut(deps, file.objectKey, request.Size);
    res.json(succeeded(describePlace(deps, file, { url, state: describeFile(undefined) })));
  };
}

/** What the file says itself is judged when it is read. */
function requireEntity(res: Response, entityType: string | undefined): void {
  if (entityType === undefined) return;
  const definition = findByNameOrType(entityType);
  if (!definition) {
    throw new Refusal('FILE_ENTITY_UNKNOWN', 'EntityType is none of ours; GET /v1/entities lists them.', {
      field: 'EntityType',
    });
  }
  requireWriter(callerWritersOf(res), definition);
}

function requireFit({ maxFileBytes }: ApiDeps, size: number | undefined): void {
  if (size === undefined || size <= maxFileBytes) return;
  throw new Refusal('FILE_TOO_LARGE', `Size: files may have ${maxFileBytes} bytes. Split the file.`, { field: 'Size' });
}

/** Answers at once; the file's status tells how it went. A repeat with the same ActionId is the same import. */
export function importFile(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const tenant = tenantOf(res);
    const request = parseFields(importRequest, pickFields(req.body, fields(importRequest)));
    const file = await requireFile(deps, tenant, request.FileId);
    if (!(await objectExists(deps, file.objectKey))) {
      throw new Refusal(
        'FILE_NOT_FOUND',
        'The file is not there yet. PUT it to the URL of POST /appfile/file/path first.',
        {
          field: 'FileId',
        },
      );
    }
    const actionId = request.ActionId ?? file.actionId;
    const { uploadId } = await startUpload(deps, {
      tenantId: tenant.tenantId,
      source: 'carecloud',
      mode: 'commit',
      atomicity: 'record',
      fileIds: [file.fileId],
      idempotencyKey: `import/${file.fileId}/${actionId}`,
      actionId,
      description: request.Description ?? file.description ?? undefined,
      writers: callerWritersOf(res),
    });
    const upload = await findUploadOfFile(deps.db, { tenantId: tenant.tenantId, fileId: file.fileId, uploadId });
    const state = describeFile(upload);
    res.json(succeeded(describePlace(deps, { ...file, actionId }, { url: null, state })));
  };
}

function showFile(deps: ApiDeps): RequestHandler<{ fileId: string }> {
  return async (req, res) => {
    const tenant = tenantOf(res);
    const file = await requireFile(deps, tenant, req.params.fileId);
    const state = describeFile(await findUploadOfFile(deps.db, { tenantId: tenant.tenantId, fileId: file.fileId }));
    res.json(succeeded(describePlace(deps, file, { url: null, state })));
  };
}

async function requireFile(deps: ApiDeps, tenant: Tenant, fileId: string): Promise<StoredFile> {
  const file = isId(fileId) ? await findFile(deps.db, tenant.tenantId, fileId) : undefined;
  if (!file) throw new Refusal('NOT_FOUND', 'There is no such file.', { field: 'FileId' });
  return file;
}

function requireOwn(tenant: Tenant, request: { WorkspaceId?: string; BucketId?: string }): void {
  for (const [field, given, own] of [
    ['WorkspaceId', request.WorkspaceId, tenant.workspaceId],
    ['BucketId', request.BucketId, tenant.bucketId],
  ] as const) {
    if (given !== undefined && given !== own) {
      throw new Refusal('FORBIDDEN', `${field} is not the one that this request is let in for.`, { field });
    }
  }
}

type Place = Pick<StoredFile, 'fileId' | 'fileName' | 'objectKey' | 'actionId'>;

/** The shape of all three calls; the ids stand in `file` as well, where the batch import has them (data-model B.6). */
export function describePlace(
  deps: ApiDeps,
  file: Place,
  { url, state }: { url: string | null; state: FileState },
): object {
  const filePath = filePathOf(deps, file.objectKey);
  const { uploadId, ...shown } = state;
  return {
    actionId: file.actionId,
    file: { fileId: file.fileId, fileName: file.fileName, filePath, url, ...shown },
    fileId: file.fileId,
    filePath,
    url,
    uploadId,
  };
}
