import { randomUUID } from 'node:crypto';
import { DeleteObjectsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Knex } from 'knex';
import {
  snapshotPageKey,
  snapshotPageRecords,
  type FailSnapshotInput,
  type SnapshotRef,
  type TakeSnapshotResult,
} from '../contracts/snapshot';
import { currentEpoch, lastStamps } from '../db/queries/record-changes';
import {
  closeRecords,
  endSnapshot,
  fetchRecords,
  findSnapshot,
  halfCommittedUpload,
  markSnapshotReady,
  openRecords,
  type Snapshot,
  type SnapshotContents,
} from '../db/queries/snapshots';
import { findTenantById } from '../db/queries/tenants';
import type { ActivityDeps } from './deps';
import { stopIfCancelled, whileHeartbeating } from './heartbeat';
import { listObjects, type Store } from '../platform/read-objects';
import { isAbandoned } from './request-turn';

/** Pages that are on their way to the store while the next one is read. */
const pagesAtOnce = 4;

/**
 * Writes what a tenant has at this moment to the store, in pages of JSON, unless an upload is half committed at this
 * moment. All is read in one transaction, which sees one state of the database, and nobody waits for it. What an upload
 * has committed that was terminated by hand is committed for good.
 */
export const createTakeSnapshot =
  (deps: ActivityDeps) =>
  async ({ snapshotId }: SnapshotRef): Promise<TakeSnapshotResult> =>
    whileHeartbeating(async (cancelled) => {
      const { db } = deps;
      const snapshot = await requireSnapshot(db, snapshotId);
      if (snapshot.status !== 'preparing') return { status: 'taken' };
      const { tenantId } = snapshot;
      // Another attempt may still be writing, and its pages are of another moment.
      const prefix = `${await prefixOf(db, snapshot)}${randomUUID()}/`;
      const store = { s3: deps.s3, bucket: deps.config.aws.bucket };
      const epoch = await currentEpoch(db);
      const taken = await db.transaction(
        async (trx) => {
          const half = await halfCommittedUpload(trx, tenantId);
          if (half && !(await isAbandoned(deps, half))) return undefined;
          const modified = (await lastStamps(trx, [tenantId])).get(tenantId) ?? null;
          const contents: Record<string, SnapshotContents[string]> = {};
          for (const entity of snapshot.entities) {
            contents[entity] = await writePages(trx, store, { tenantId, entity, prefix, cancelled });
          }
          return { modified, contents };
        },
        { isolationLevel: 'repeatable read', readOnly: true },
      );
      if (!taken) return { status: 'busy' };
      await markSnapshotReady(db, { snapshotId, objectPrefix: prefix, epoch, ...taken });
      return { status: 'taken' };
    });

/** Removes what is left of a snapshot that is over. */
export const createDropSnapshot =
  ({ db, s3, config }: ActivityDeps) =>
  async ({ snapshotId }: SnapshotRef): Promise<void> =>
    whileHeartbeating(async () => {
      // Marked first, so that nobody is sent to pages that are going.
      await endSnapshot(db, snapshotId, { status: 'expired' });
      await removeAll({ s3, bucket: config.aws.bucket }, await prefixOf(db, await requireSnapshot(db, snapshotId)));
    });

/** Writes down that there will be no snapshot. */
export const createFailSnapshot =
  ({ db }: ActivityDeps) =>
  async ({ snapshotId, code }: FailSnapshotInput): Promise<void> =>
    endSnapshot(db, snapshotId, { status: 'failed', failureCode: code });

async function requireSnapshot(db: Knex, snapshotId: string): Promise<Snapshot> {
  const snapshot = await findSnapshot(db, snapshotId);
  if (!snapshot) throw new Error('There is no such snapshot');
  return snapshot;
}

async function prefixOf(db: Knex, { snapshotId, tenantId }: Snapshot): Promise<string> {
  const tenant = await findTenantById(db, tenantId);
  if (!tenant) throw new Error('The snapshot is of no tenant');
  return `snapshots/${tenant.workspaceId}/${tenant.bucketId}/${snapshotId}/`;
}

async function writePages(
  trx: Knex.Transaction,
  { s3, bucket }: Store,
  { tenantId, entity, prefix, cancelled }: { tenantId: number; entity: string; prefix: string; cancelled: AbortSignal },
): Promise<SnapshotContents[string]> {
  await openRecords(trx, tenantId, entity);
  const sent: Promise<unknown>[] = [];
  let records = 0;
  let pages = 0;
  for (;;) {
    await stopIfCancelled(cancelled);
    const page = await fetchRecords(trx, snapshotPageRecords);
    if (page.length === 0) break;
    const put = s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: snapshotPageKey(prefix, entity, pages),
        Body: `[${page.join(',')}]`,
        ContentType: 'application/json',
      }),
    );
    // It is waited for later: until then its failure is not one that nobody looks at.
    put.catch(() => undefined);
    sent.push(put);
    records += page.length;
    pages += 1;
    if (sent.length >= pagesAtOnce) await sent.shift();
  }
  await Promise.all(sent);
  await closeRecords(trx);
  return { records, pages };
}

/** S3 removes a thousand objects in one call. */
const removedAtOnce = 1000;

async function removeAll(store: Store, prefix: string): Promise<void> {
  const objects = await listObjects(store, prefix);
  for (let at = 0; at < objects.length; at += removedAtOnce) {
    const Objects = objects.slice(at, at + removedAtOnce).map(({ key }) => ({ Key: key }));
    await store.s3.send(new DeleteObjectsCommand({ Bucket: store.bucket, Delete: { Objects, Quiet: true } }));
  }
}
