import { Temporal } from '@js-temporal/polyfill';
import type {
  DueResults,
  ListDueResultsInput,
  PatientFileRef,
  WritePatientResultsResult,
} from '../contracts/patient-import';
import { sftpFolderPrefix } from '../contracts/sftp-folders';
import { insertEvent } from '../db/queries/events';
import { getSweptTenant, type SweptTenant } from '../db/queries/inbox-sweeps';
import {
  findPatientImport,
  listOpenImports,
  markResultsWritten,
  reserveResultsKey,
  type PatientImport,
} from '../db/queries/patient-imports';
import { resultsFileName } from '../domain/formats/patient-csv';
import { fileNameOf } from '../domain/inbox/object-names';
import type { ActivityDeps } from './deps';
import { whileHeartbeating } from './heartbeat';
import { patientResults, type PatientCounts } from './patient-results';
import { belongsToFile, streamObject } from './stream-object';

/** Patient files whose results are due. */
export const createListDueResults =
  ({ db }: ActivityDeps) =>
  async ({ tenantId }: ListDueResultsInput): Promise<DueResults> => {
    const open = await listOpenImports(db, tenantId);
    const due = open.filter(({ unfinished }) => !unfinished);
    return { fileIds: due.map(({ fileId }) => fileId), unfinished: open.length - due.length };
  };

/**
 * Writes `Patient Import Results/{yyyy-MM-dd}_{original name}` (data-model D.5) and, with the note that it stands, the event
 * that says so. Where it is to stand is decided and written down first, so that a repeated attempt writes the same file
 * and no second one; a file of another import that stands there is never written over.
 */
export const createWritePatientResults =
  (deps: ActivityDeps) =>
  async ({ tenantId, sweepId, fileId }: PatientFileRef): Promise<WritePatientResultsResult> =>
    whileHeartbeating(async (cancelled) => {
      const { db } = deps;
      const found = await findPatientImport(db, tenantId, fileId);
      if (!found) throw new Error(`No patient import of file ${fileId}`);
      const completed = found.status === 'completed';
      if (found.resultsWritten) return { completed };
      const key = await placeOf(deps, await getSweptTenant(db, tenantId), found);
      const counts = await write(deps, found, key, cancelled);
      await db.transaction(async (trx) => {
        if (!(await markResultsWritten(trx, fileId))) return;
        await insertEvent(trx, {
          tenantId,
          eventType: completed ? 'patient-import.completed' : 'patient-import.failed',
          uploadSeq: found.uploadSeq,
          body: {
            runId: sweepId,
            uploadId: found.uploadId,
            fileId,
            counts,
            ...(found.failure && { failure: { code: found.failure.code } }),
          },
        });
      });
      return { completed };
    });

/** The first name of the day that no other file has: in our books, and in the folder itself. */
async function placeOf(deps: ActivityDeps, tenant: SweptTenant, found: PatientImport): Promise<string> {
  const { db, s3, config } = deps;
  if (found.resultsKey) return found.resultsKey;
  const today = Temporal.Now.zonedDateTimeISO(tenant.timeZone).toPlainDate().toString();
  const prefix = sftpFolderPrefix(tenant, 'results');
  for (let run = 1; ; run += 1) {
    const key = prefix + resultsFileName(fileNameOf(found.key), today, run);
    const place = { s3, bucket: config.aws.bucket, key };
    const standing = await belongsToFile(place);
    if (standing !== undefined && standing !== found.fileId) continue;
    if (await reserveResultsKey(db, found.fileId, key)) return key;
    // Another attempt, whose worker was given up, may have been faster.
    const decided = (await findPatientImport(db, tenant.tenantId, found.fileId))?.resultsKey;
    if (decided) return decided;
  }
}

/** @returns how many rows were Created, Updated and Errored */
async function write(
  deps: ActivityDeps,
  found: PatientImport,
  key: string,
  cancelled: AbortSignal,
): Promise<PatientCounts> {
  const counts: PatientCounts = { created: 0, updated: 0, errored: 0 };
  const { s3, config } = deps;
  await streamObject(
    { s3, bucket: config.aws.bucket, key },
    found.fileId,
    patientResults(deps, found, counts, cancelled),
  );
  return counts;
}
