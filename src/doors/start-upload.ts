import { createHash, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Atomicity, UploadMode, UploadStatus } from '../contracts/upload';
import { insertEvent } from '../db/queries/events';
import { insertUploadFiles } from '../db/queries/files';
import { findUploadByIdempotencyKey, insertUpload, listUploadsStillAccepted } from '../db/queries/uploads';
import { inTenant } from '../db/scope';
import type { Writer } from '../domain/entities';
import type { Logger } from '../platform/logger';
import { Refusal } from './refusal';
import { startUploadWorkflow } from './start-workflow';

export interface DoorDeps {
  db: Knex;
  temporal: Client;
  logger: Logger;
}

/** The door. What comes by SFTP is an `inbox` or a `patient-import`, as is what is put into the inbox in another way. */
export type UploadSource = 'api' | 'carecloud' | 'batch' | 'inbox' | 'patient-import';

export interface StartUploadInput {
  tenantId: number;
  source: UploadSource;
  mode: UploadMode;
  atomicity: Atomicity;
  /** In the order in which the files are numbered. */
  fileIds: readonly string[];
  /** Unique within the tenant; a door prefixes its own so that two doors cannot meet. */
  idempotencyKey?: string;
  actionId?: string;
  description?: string;
  /** Whose records it may bring; an agency's own unless said. */
  writers?: readonly Writer[];
}

export interface StartUploadResult {
  uploadId: string;
  /** The same request had been made before; this is its upload. */
  replayed: boolean;
}

/**
 * The one call in which every door ends (DESIGN 2): the upload is written down with its event, then its workflow is
 * started. Once it is written down the upload is accepted: when the start fails, `restartAcceptedUploads` makes up for it.
 *
 * @throws Refusal IDEMPOTENCY_CONFLICT when the key was used for another request, FILE_NOT_FOUND when the tenant does
 * not have all the files.
 */
export async function startUpload(deps: DoorDeps, input: StartUploadInput): Promise<StartUploadResult> {
  const { status, ...result } = await inTenant(input.tenantId, () =>
    deps.db.transaction((trx) => acceptUpload(trx, input)),
  );
  // Temporal forgets closed workflows after a while, so an upload that has got on is not started by an old request.
  if (status !== 'accepted') return result;
  try {
    await startUploadWorkflow(deps, result.uploadId);
  } catch (error) {
    deps.logger.warn({ err: error, uploadId: result.uploadId }, 'upload accepted, its workflow starts later');
  }
  return result;
}

type Accepted = StartUploadResult & { status: UploadStatus };

async function acceptUpload(trx: Knex.Transaction, input: StartUploadInput): Promise<Accepted> {
  const uploadId = randomUUID();
  const requestHash = hashRequest(input);
  const idempotencyKey = input.idempotencyKey ?? null;
  const uploadSeq = await insertUpload(trx, {
    uploadId,
    tenantId: input.tenantId,
    source: input.source,
    mode: input.mode,
    atomicity: input.atomicity,
    idempotencyKey,
    requestHash,
    actionId: input.actionId ?? null,
    description: input.description ?? null,
    writers: input.writers,
  });
  if (uploadSeq === undefined) return replayUpload(trx, input.tenantId, idempotencyKey ?? '', requestHash);

  const found = await insertUploadFiles(trx, { uploadSeq, tenantId: input.tenantId, fileIds: input.fileIds });
  if (found !== input.fileIds.length) {
    throw new Refusal(
      'FILE_NOT_FOUND',
      'A file of this upload is not known. Ask for a place with POST /appfile/file/path first.',
    );
  }
  await insertEvent(trx, {
    tenantId: input.tenantId,
    eventType: 'upload.accepted',
    uploadSeq,
    body: { uploadId, files: input.fileIds.length, source: input.source },
  });
  return { uploadId, replayed: false, status: 'accepted' };
}

async function replayUpload(
  trx: Knex.Transaction,
  tenantId: number,
  idempotencyKey: string,
  requestHash: Buffer,
): Promise<Accepted> {
  const earlier = await findUploadByIdempotencyKey(trx, tenantId, idempotencyKey);
  if (!earlier) throw new Error('An upload that stood in the way of another cannot be found');
  if (!earlier.requestHash.equals(requestHash)) {
    throw new Refusal('IDEMPOTENCY_CONFLICT', `This key was used for another request, upload ${earlier.uploadId}.`, {
      details: { uploadId: earlier.uploadId },
    });
  }
  return { uploadId: earlier.uploadId, replayed: true, status: earlier.status };
}

/** Labels are left out: a retry that words its description differently is still the same request. */
function hashRequest(input: StartUploadInput): Buffer {
  const canonical = JSON.stringify([input.source, input.mode, input.atomicity, input.fileIds]);
  return createHash('sha256').update(canonical).digest();
}

const restartAfterSeconds = 10;

/** Starts the workflow of every upload that has waited for it: the process may have died between insert and start. */
export async function restartAcceptedUploads(deps: DoorDeps): Promise<number> {
  const uploadIds = await listUploadsStillAccepted(deps.db, restartAfterSeconds);
  for (const uploadId of uploadIds) {
    await startUploadWorkflow(deps, uploadId);
  }
  return uploadIds.length;
}
