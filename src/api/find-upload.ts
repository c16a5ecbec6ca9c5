import type { Response } from 'express';
import { findUpload, type Upload } from '../db/queries/uploads';
import type { Database } from '../db/client';
import { Refusal } from '../doors/refusal';
import { tenantOf } from './auth';
import { isId } from './request-fields';

/** @throws Refusal NOT_FOUND also for an upload of another tenant, so that its existence is not given away. */
export async function requireUpload(db: Database, res: Response, uploadId: string): Promise<Upload> {
  const upload = isId(uploadId) ? await findUpload(db, tenantOf(res).tenantId, uploadId) : undefined;
  if (!upload) throw new Refusal('NOT_FOUND', 'There is no such upload.');
  return upload;
}
