import type { EndPatientImportInput } from '../contracts/patient-import';
import { sftpFolderPrefix } from '../contracts/sftp-folders';
import { listUnclaimed } from '../db/queries/inbox-objects';
import { getSweptTenant, markEnded } from '../db/queries/inbox-sweeps';
import { isFileName } from '../domain/inbox/object-names';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { listObjects } from '../platform/read-objects';

/**
 * Ends a night's import, and names in the log what it left in Pending for the next one. Names of files may be names of
 * people, so an object is named by its id or, where it has none yet, by its ETag.
 */
export const createEndPatientImport =
  ({ db, s3, config, logger }: ActivityDeps) =>
  async ({ tenantId, sweepId, status }: EndPatientImportInput): Promise<void> =>
    whileHeartbeating(async () => {
      await markEnded(db, sweepId, status);
      for (const { fileId, etag, sizeBytes } of await listUnclaimed(db, { tenantId, door: 'patients' })) {
        logger.warn(
          { tenantId, sweepId, fileId, etag, sizeBytes },
          'a patient file that still changes is left in Pending',
        );
      }
      const prefix = sftpFolderPrefix(await getSweptTenant(db, tenantId), 'pending');
      for (const { key, etag, sizeBytes } of await listObjects({ s3, bucket: config.aws.bucket }, prefix)) {
        const name = key.slice(prefix.length);
        if (isFileName(name) || name === '' || name.endsWith('/')) continue;
        logger.warn(
          { tenantId, sweepId, etag, sizeBytes },
          'a patient file with the name of an unfinished one is left in Pending',
        );
      }
    });
