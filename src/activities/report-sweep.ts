import type {
  EndSweepInput,
  InboxSweepResult,
  OpenSweepInput,
  OpenSweepResult,
  ReportLateInput,
  SweepRef,
  UploadEnds,
} from '../contracts/nightly-sync';
import { insertEvent } from '../db/queries/events';
import {
  findSweptTenant,
  insertSweep,
  listSweepUploads,
  markEnded,
  markLate,
  wasLate,
  type SweepUpload,
} from '../db/queries/inbox-sweeps';
import { settleSecondsOf } from '../domain/inbox/settle-time';
import { isMissed, lateAt } from '../domain/schedules/nightly-sync';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps } from './deps';

/** Writes a sweep down and tells its workflow what it cannot know: the tenant, and when the run is late or too late. */
export const createOpenSweep =
  ({ db }: ActivityDeps) =>
  async (input: OpenSweepInput): Promise<OpenSweepResult> => {
    const tenant = await findSweptTenant(db, input);
    if (!tenant) throw ApplicationFailure.nonRetryable('No such workspace and bucket', 'NOT_FOUND');
    const { tenantId, timeZone, settings } = tenant;
    await insertSweep(db, { sweepId: input.sweepId, tenantId, workflowId: input.workflowId });
    return {
      tenantId,
      settleSeconds: settleSecondsOf(settings.inbox),
      lateAt: lateAt(input.scheduledAt, timeZone),
      missed: isMissed({ scheduledAt: input.scheduledAt, startedAt: input.startedAt, timeZone }),
    };
  };

/** How the uploads of a sweep have ended so far. */
export const createCountUploadEnds =
  ({ db }: ActivityDeps) =>
  async ({ sweepId }: SweepRef): Promise<UploadEnds> =>
    countEnds(await listSweepUploads(db, sweepId));

/** Says once per run that it is not done when it should be: with the ids of what is still under way. */
export const createReportLate =
  ({ db }: ActivityDeps) =>
  async ({ tenantId, sweepId, step }: ReportLateInput): Promise<void> => {
    await db.transaction(async (trx) => {
      if (!(await markLate(trx, sweepId))) return;
      const open = (await listSweepUploads(trx, sweepId)).filter(isUnfinished);
      await insertEvent(trx, {
        tenantId,
        eventType: 'nightly-sync.late',
        uploadSeq: null,
        body: { runId: sweepId, step: open[0]?.step ?? step, uploadIds: open.map(({ uploadId }) => uploadId) },
      });
    });
  };

/** Ends a sweep with the event that says how: counts only, and LATE when CCN may have read without it (E-41). */
export const createEndSweep =
  ({ db }: ActivityDeps) =>
  async ({ tenantId, sweepId, status, code, waiting }: EndSweepInput): Promise<InboxSweepResult> =>
    db.transaction(async (trx) => {
      const uploads = await listSweepUploads(trx, sweepId);
      const late = await wasLate(trx, sweepId);
      const files = uploads.reduce((sum, upload) => sum + upload.files, 0);
      const counts = { files, uploads: uploads.length, ...countEnds(uploads), waiting };
      if (await markEnded(trx, sweepId, status)) {
        await insertEvent(trx, {
          tenantId,
          eventType: status === 'completed' ? 'nightly-sync.completed' : 'nightly-sync.failed',
          uploadSeq: null,
          body: { runId: sweepId, ...counts, flags: late ? ['LATE'] : [], ...(code && { failure: { code } }) },
        });
      }
      return { status, ...counts, late };
    });

function isUnfinished({ status }: SweepUpload): boolean {
  return status === 'accepted' || status === 'running';
}

function countEnds(uploads: readonly SweepUpload[]): UploadEnds {
  const unfinished = uploads.filter(isUnfinished).length;
  const completed = uploads.filter(({ status }) => status === 'completed').length;
  return { completed, failed: uploads.length - completed - unfinished, unfinished };
}
