import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { atomicities, uploadModes, uploadStatuses } from '../../contracts/upload';
import { findUpload, listUploads } from '../../db/queries/uploads';
import { cancelUpload } from '../../doors/cancel-upload';
import { Refusal } from '../../doors/refusal';
import { startUpload } from '../../doors/start-upload';
import { importScopes } from '../../doors/writers';
import { callerWritersOf, requireScope, tenantOf } from '../auth';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { requireUpload } from '../find-upload';
import { readLimit, readOne, readSome } from '../paging';
import { isId, parseFields } from '../request-fields';
import { describeUpload, summarizeUpload } from '../upload-view';
import { createUploadResultRoutes } from './upload-results';
import { createUploadRowRoutes } from './upload-rows';
import { requirePresentFiles } from '../present-files';

const uploadRequest = z.strictObject({
  files: z
    .array(z.strictObject({ fileId: z.string().refine(isId, 'an id from POST /appfile/file/path') }))
    .min(1)
    .max(100)
    .refine((files) => new Set(files.map((file) => file.fileId.toLowerCase())).size === files.length, 'each file once'),
  mode: z.enum(uploadModes).default('commit'),
  atomicity: z.enum(atomicities).default('record'),
  description: z.string().max(2000).optional(),
});

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
  .optional();
const position = z.tuple([z.string().regex(/^\d{1,19}$/)]);

/** Uploads of several files as one, and what becomes of them. */
export function createUploadRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope(...importScopes));
  routes.route('/').post(createUpload(deps)).get(showUploads(deps)).all(methodNotAllowed('GET', 'POST'));
  routes.route('/:uploadId').get(showUpload(deps)).all(methodNotAllowed('GET'));
  routes.route('/:uploadId/cancel').post(stopUpload(deps)).all(methodNotAllowed('POST'));
  routes.use(createUploadRowRoutes(deps), createUploadResultRoutes(deps));
  return routes;
}

function createUpload(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { tenantId } = tenantOf(res);
    const request = parseFields(uploadRequest, req.body);
    const { key } = parseFields(z.object({ key: idempotencyKey }), { key: req.get('Idempotency-Key') });
    const fileIds = request.files.map((file) => file.fileId.toLowerCase());
    await requirePresentFiles(deps, tenantId, fileIds);
    const { uploadId, replayed } = await startUpload(deps, {
      tenantId,
      source: 'api',
      mode: request.mode,
      atomicity: request.atomicity,
      fileIds,
      idempotencyKey: key && `key/${key}`,
      description: request.description,
      writers: callerWritersOf(res),
    });
    const upload = await findUpload(deps.db, tenantId, uploadId);
    if (!upload) throw new Error('The upload that was just accepted cannot be found');
    if (replayed) res.set('Idempotency-Replayed', 'true');
    res.location(`/v1/uploads/${uploadId}`);
    res.status(replayed ? 200 : 202).json(await describeUpload(deps.db, upload));
  };
}

function showUploads(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const cursor = readOne(req.query.cursor, 'cursor');
    const found = await listUploads(deps.db, {
      tenantId: tenantOf(res).tenantId,
      statuses: readSome(req.query.status, 'status', uploadStatuses),
      beforeSeq: cursor === undefined ? null : decodeCursor(position, cursor)[0],
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    res.json({ uploads: page.map(summarizeUpload), nextCursor: last ? encodeCursor([last.uploadSeq]) : null });
  };
}

function showUpload(deps: ApiDeps): RequestHandler<{ uploadId: string }> {
  return async (req, res) => {
    const upload = await requireUpload(deps.db, res, req.params.uploadId);
    res.json(await describeUpload(deps.db, upload));
  };
}

function stopUpload(deps: ApiDeps): RequestHandler<{ uploadId: string }> {
  return async (req, res) => {
    const upload = await requireUpload(deps.db, res, req.params.uploadId);
    if (upload.finishedAt || !(await cancelUpload(deps, upload))) {
      throw new Refusal('UPLOAD_FINISHED', 'The upload has finished; there is nothing to cancel.');
    }
    res.location(`/v1/uploads/${upload.uploadId}`);
    res.status(202).json(await describeUpload(deps.db, upload));
  };
}
