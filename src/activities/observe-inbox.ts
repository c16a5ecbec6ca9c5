import type {
  ClaimInboxInput,
  ClaimInboxResult,
  FolderRef,
  InboxDoor,
  ObserveInboxResult,
} from '../contracts/nightly-sync';
import { claimSettled, countSettled, forgetVanished, saveSightings } from '../db/queries/inbox-objects';
import { sftpFolderPrefix } from '../contracts/sftp-folders';
import { getSweptTenant } from '../db/queries/inbox-sweeps';
import { inboxPrefix, isFileName } from '../domain/inbox/object-names';
import { settleSecondsOf } from '../domain/inbox/settle-time';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { listObjects } from '../platform/read-objects';

/** Files of one upload. Their ids travel through Temporal in one result, and their fetches run at once. */
const filesAtOnce = 200;

const prefixOf: Record<InboxDoor, (place: { workspaceId: string; bucketId: string }) => string> = {
  inbox: inboxPrefix,
  patients: (place) => sftpFolderPrefix(place, 'pending'),
};

/**
 * Notes what lies in a tenant's inbox, and says how much of it has stood still (size, ETag and time) for the settle time:
 * what is still being written is not to be read (PEERS 2.13). The waiting between two looks is the workflow's.
 */
export const createObserveInbox =
  ({ db, s3, config }: ActivityDeps) =>
  async ({ tenantId, door = 'inbox' }: FolderRef): Promise<ObserveInboxResult> =>
    whileHeartbeating(async () => {
      const tenant = await getSweptTenant(db, tenantId);
      const prefix = prefixOf[door](tenant);
      const listed = (await listObjects({ s3, bucket: config.aws.bucket }, prefix)).filter(({ key }) =>
        isFileName(key.slice(prefix.length)),
      );
      return db.transaction(async (trx) => {
        await forgetVanished(trx, { tenantId, door }, listed);
        await saveSightings(trx, { tenantId, door }, listed);
        return countSettled(trx, { tenantId, door, settleSeconds: settleSecondsOf(tenant.settings.inbox) });
      });
    });

/** Gives the sweep the files that are complete, and those that an interrupted sweep left half done. */
export const createClaimInbox =
  ({ db }: ActivityDeps) =>
  async ({ tenantId, sweepId, door = 'inbox' }: ClaimInboxInput): Promise<ClaimInboxResult> => {
    const { settings } = await getSweptTenant(db, tenantId);
    const settleSeconds = settleSecondsOf(settings.inbox);
    const fileIds = await db.transaction((trx) =>
      claimSettled(trx, { tenantId, door, sweepId, settleSeconds, limit: filesAtOnce }),
    );
    return { fileIds };
  };
