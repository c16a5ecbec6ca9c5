import type { RequestHandler } from 'express';
import { findUploadOfFile } from '../../db/queries/files';
import { messageFor } from '../../domain/codes';
import { maxBatchBytes, maxBatchRecords } from '../../domain/formats/json-batch';
import { importBatch } from '../../doors/import-batch';
import { callerWritersOf, tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { succeeded } from '../envelope';
import { describeFile } from '../file-status';
import { rawBody } from '../read-body';
import { describePlace } from './appfile';

/** The JSON batch import (data-model B.6). The body is read as bytes: they are what is stored. */
export function importData(deps: ApiDeps): RequestHandler[] {
  const message = `${messageFor('BATCH_TOO_LARGE', { limit: maxBatchRecords })} A body may have 32 MB.`;
  return [rawBody(maxBatchBytes, message), takeBatch(deps)];
}

/** Answers at once; the file's status and the upload tell how it went. */
function takeBatch(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const tenant = tenantOf(res);
    // Without a body there is nothing that the parser would have made a buffer of.
    const body: unknown = req.body;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const { file, uploadId, replayed } = await importBatch(deps, tenant, callerWritersOf(res), bytes);
    const state = describeFile(
      await findUploadOfFile(deps.db, { tenantId: tenant.tenantId, fileId: file.fileId, uploadId }),
    );
    if (replayed) res.set('Idempotency-Replayed', 'true');
    res.json(succeeded(describePlace(deps, file, { url: null, state })));
  };
}
