import { createAcceptInbox, createClearInbox } from './accept-inbox';
import { createBeginUpload } from './begin-upload';
import { createClearPatientFile } from './clear-patient-file';
import { createCommitUpload } from './commit-upload';
import type { ActivityDeps } from './deps';
import { createEndPatientImport } from './end-patient-import';
import { createEndUpload } from './end-upload';
import { createFetchFile } from './fetch-file';
import { createClaimInbox, createObserveInbox } from './observe-inbox';
import { createPlanUpload } from './plan-upload';
import { createPublishEvents } from './publish-events';
import { createCountUploadEnds, createEndSweep, createOpenSweep, createReportLate } from './report-sweep';
import { createRequestTurn } from './request-turn';
import { createSettleUpload } from './settle-upload';
import { createStageChunk } from './stage-chunk';
import { createListDueResults, createWritePatientResults } from './write-patient-results';
import { createTakeInboxObject } from './take-inbox-object';
import { createDropSnapshot, createFailSnapshot, createTakeSnapshot } from './take-snapshot';

/** Every activity, bound to the outside world it works on. */
export function createActivities(deps: ActivityDeps) {
  return {
    beginUpload: createBeginUpload(deps),
    fetchFile: createFetchFile(deps),
    stageChunk: createStageChunk(deps),
    requestTurn: createRequestTurn(deps),
    planUpload: createPlanUpload(deps),
    commitUpload: createCommitUpload(deps),
    settleUpload: createSettleUpload(deps),
    endUpload: createEndUpload(deps),
    publishEvents: createPublishEvents(deps),
    openSweep: createOpenSweep(deps),
    observeInbox: createObserveInbox(deps),
    claimInbox: createClaimInbox(deps),
    takeInboxObject: createTakeInboxObject(deps),
    acceptInbox: createAcceptInbox(deps),
    clearInbox: createClearInbox(deps),
    countUploadEnds: createCountUploadEnds(deps),
    reportLate: createReportLate(deps),
    endSweep: createEndSweep(deps),
    listDueResults: createListDueResults(deps),
    writePatientResults: createWritePatientResults(deps),
    clearPatientFile: createClearPatientFile(deps),
    endPatientImport: createEndPatientImport(deps),
    takeSnapshot: createTakeSnapshot(deps),
    failSnapshot: createFailSnapshot(deps),
    dropSnapshot: createDropSnapshot(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
