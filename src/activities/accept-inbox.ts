import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { InboxDoor, SweepRef, TenantRef } from '../contracts/nightly-sync';
import {
  listUncleared,
  lockTaken,
  markCleared,
  setBatch,
  setUpload,
  type BatchedObject,
  type InboxObject,
} from '../db/queries/inbox-objects';
import { startUpload, type UploadSource } from '../doors/start-upload';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { deleteVersion } from '../platform/change-objects';

/**
 * Makes one upload of the files that a sweep has taken, so that their references resolve, and one of each file that is
 * broken as a whole or holds patients. Which files go together is written down before the upload is made: whoever repeats this, also after
 * a crash between the two, asks for the same upload by the same key.
 */
export const createAcceptInbox =
  (deps: ActivityDeps) =>
  async ({ tenantId, sweepId }: SweepRef): Promise<void> =>
    whileHeartbeating(async () => {
      const { db } = deps;
      const batches = await db.transaction((trx) => fixBatches(trx, tenantId, sweepId));
      for (const [batch, { door, fileIds }] of batches) {
        const { uploadId } = await startUpload(deps, {
          tenantId,
          source: sources[door],
          mode: 'commit',
          atomicity: 'record',
          fileIds,
          idempotencyKey: `${sources[door]}/${batch}`,
        });
        await setUpload(db, fileIds, uploadId);
      }
    });

const sources: Readonly<Record<InboxDoor, UploadSource>> = { inbox: 'inbox', patients: 'patient-import' };

interface Batch {
  door: InboxDoor;
  fileIds: string[];
}

async function fixBatches(trx: Knex.Transaction, tenantId: number, sweepId: string): Promise<Map<string, Batch>> {
  const taken = await lockTaken(trx, sweepId);
  const open = taken.filter(({ batch }) => batch === null);
  const groups = [open.filter((object) => !isAlone(object)), ...open.filter(isAlone).map((object) => [object])];
  const batches = new Map<string, Batch>();
  const put = (batch: Buffer, { fileId, door }: InboxObject) => {
    const name = batch.toString('hex');
    batches.set(name, { door, fileIds: [...(batches.get(name)?.fileIds ?? []), fileId] });
  };
  for (const { batch, ...object } of taken) if (batch) put(batch, object);
  for (const group of groups.filter(({ length }) => length > 0)) {
    const batch = hashOf(tenantId, group);
    await setBatch(
      trx,
      group.map(({ fileId }) => fileId),
      batch,
    );
    for (const object of group) put(batch, object);
  }
  return batches;
}

const isAlone = ({ problem, door }: BatchedObject): boolean => problem !== null || door === 'patients';

/**
 * By name and content of the objects, and when they were dropped: the files of an earlier night that come again, after
 * others have changed the records since, are a new upload.
 */
function hashOf(tenantId: number, objects: readonly InboxObject[]): Buffer {
  const versions = objects.map(({ key, etag, lastModified }) => [key, etag, lastModified.toISOString()]);
  return createHash('sha256')
    .update(JSON.stringify([tenantId, versions]))
    .digest();
}

/** Takes out of the inbox what is in an upload, also what an interrupted sweep left there. */
export const createClearInbox =
  ({ db, s3, config }: ActivityDeps) =>
  async ({ tenantId }: TenantRef): Promise<{ cleared: number }> =>
    whileHeartbeating(async () => {
      let cleared = 0;
      for (;;) {
        const objects = await listUncleared(db, tenantId);
        if (objects.length === 0) return { cleared };
        for (const object of objects) {
          await deleteVersion({ s3, bucket: config.aws.bucket }, object);
          await markCleared(db, object.fileId);
          cleared += 1;
        }
      }
    });
