import type { TakeInboxObjectInput } from '../contracts/nightly-sync';
import { insertFile, type NewFile } from '../db/queries/files';
import { findInboxObject, forgetUntaken, markTaken, type InboxObject } from '../db/queries/inbox-objects';
import { getSweptTenant, type SweptTenant } from '../db/queries/inbox-sweeps';
import { fileNameOf, uploadKey } from '../domain/inbox/object-names';
import type { ActivityDeps } from './deps';
import { scanFile } from './fetch-file';
import { whileHeartbeating } from './heartbeat';
import { copyObject, ObjectRefused } from '../platform/change-objects';
import { headObject, ObjectChanged, type SourceObject } from '../platform/read-objects';

/**
 * Copies an object of the inbox to its place among the uploads, gives it its row of files, and reads it once, so that a
 * file which is broken as a whole can be uploaded apart: one upload fails for one such file, and the others of the night
 * are not to fail with it. The object stays in the inbox. One that changed in the meantime is forgotten: what is there
 * now is another version, for another look.
 */
export const createTakeInboxObject =
  (deps: ActivityDeps) =>
  async ({ tenantId, fileId }: TakeInboxObjectInput): Promise<{ taken: boolean }> =>
    whileHeartbeating(async (cancelled) => {
      const object = await findInboxObject(deps.db, tenantId, fileId);
      if (!object || object.taken) return { taken: Boolean(object) };
      const tenant = await getSweptTenant(deps.db, tenantId);
      const { s3, config } = deps;
      const place = { s3, bucket: config.aws.bucket, key: uploadKey(tenant, fileId, fileNameOf(object.key)) };
      if (!(await isCopied(object, place))) {
        await forgetUntaken(deps.db, fileId);
        return { taken: false };
      }
      await insertFile(deps.db, fileRow(tenant, object, place.key));
      await markTaken(deps.db, fileId, await problemOf(deps, tenant, object, place.key, cancelled));
      return { taken: true };
    });

/** A patient file is an upload by itself, so what is wrong with it concerns no other. */
async function problemOf(
  deps: ActivityDeps,
  tenant: SweptTenant,
  { door }: InboxObject,
  objectKey: string,
  cancelled: AbortSignal,
): Promise<string | null> {
  if (door === 'patients') return null;
  const scanned = await scanFile(deps, tenant, { objectKey }, cancelled);
  return 'problem' in scanned ? scanned.problem.code : null;
}

/** False when there is no such version any more, or we may not have it: one such object must not hold up the others. */
async function isCopied(object: InboxObject, place: SourceObject): Promise<boolean> {
  // A copy is there whole or not at all, so one that an earlier attempt made needs no second look.
  if (await headObject(place)) return true;
  try {
    await copyObject(place, object, place.key);
    return true;
  } catch (error) {
    if (error instanceof ObjectChanged || error instanceof ObjectRefused) return false;
    throw error;
  }
}

function fileRow({ tenantId }: SweptTenant, { fileId, key, door }: InboxObject, objectKey: string): NewFile {
  return {
    fileId,
    tenantId,
    objectKey,
    fileName: fileNameOf(key),
    entityType: null,
    folder: door,
    category: null,
    tags: [],
    metadata: {},
    actionId: fileId,
    description: null,
    format: door === 'patients' ? 'patient-csv' : 'cc5',
  };
}
