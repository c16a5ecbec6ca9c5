import type { PatientFileRef } from '../contracts/patient-import';
import { markCleared } from '../db/queries/inbox-objects';
import { findPatientImport } from '../db/queries/patient-imports';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { deleteVersion } from '../platform/change-objects';

/** Removes a file from Pending once its results are there; another version that lies under its name by now is left alone. */
export const createClearPatientFile =
  ({ db, s3, config }: ActivityDeps) =>
  async ({ tenantId, fileId }: PatientFileRef): Promise<void> =>
    whileHeartbeating(async () => {
      const found = await findPatientImport(db, tenantId, fileId);
      if (!found) throw new Error(`No patient import of file ${fileId}`);
      if (!found.resultsWritten) throw new Error(`The results of file ${fileId} are not written`);
      if (found.cleared) return;
      await deleteVersion({ s3, bucket: config.aws.bucket }, found);
      await markCleared(db, fileId);
    });
