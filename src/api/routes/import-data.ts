import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import express, { type Request, type RequestHandler } from 'express';
import { findUploadOfFile } from '../../db/queries/files';
import { messageFor } from '../../domain/codes';
import { maxBatchBytes, maxBatchRecords } from '../../domain/formats/json-batch';
import { importBatch } from '../../doors/import-batch';
import { Refusal } from '../../doors/refusal';
import { tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { succeeded } from '../envelope';
import { describeFile } from '../file-status';
import { describePlace } from './appfile';

/** How long the rest of a body that is refused may still come in, so that its sender is there to hear why. */
const drainMs = 3_000;

/** The JSON batch import (data-model B.6). The body is read as bytes: they are what is stored. */
export function importData(deps: ApiDeps): RequestHandler[] {
  return [refuseDeclaredSize, express.raw({ limit: maxBatchBytes, type: () => true }), takeBatch(deps)];
}

/** A body that says that it is too large is not read; one that does not say is read up to the limit. */
const refuseDeclaredSize: RequestHandler = async (req, _res, next) => {
  if (Number(req.get('Content-Length') ?? 0) > maxBatchBytes) {
    await drain(req);
    const message = `${messageFor('BATCH_TOO_LARGE', { limit: maxBatchRecords })} A body may have 32 MB.`;
    throw new Refusal('BATCH_TOO_LARGE', message);
  }
  next();
};

async function drain(req: Request): Promise<void> {
  const waiting = new AbortController();
  req.resume();
  await Promise.race([
    once(req, 'close', waiting).catch(() => undefined),
    once(req, 'end', waiting).catch(() => undefined),
    pause(drainMs, undefined, waiting).catch(() => undefined),
  ]);
  waiting.abort();
}

/** Answers at once; the file's status and the upload tell how it went. */
function takeBatch(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const tenant = tenantOf(res);
    // Without a body there is nothing that the parser would have made a buffer of.
    const body: unknown = req.body;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const { file, uploadId, replayed } = await importBatch(deps, tenant, bytes);
    const state = describeFile(
      await findUploadOfFile(deps.db, { tenantId: tenant.tenantId, fileId: file.fileId, uploadId }),
    );
    if (replayed) res.set('Idempotency-Replayed', 'true');
    res.json(succeeded(describePlace(deps, file, { url: null, state })));
  };
}
