import { ApplicationFailure, CancellationScope, log, sleep, workflowInfo } from '@temporalio/workflow';
import type { SweepRef } from '../contracts/nightly-sync';
import type { PatientImportInput, PatientImportResult, PatientImportStatus } from '../contracts/patient-import';
import { bulk, perFile, short } from './proxies';
import { inLanes, openingOf, orLeave, pauseAfter, publish, settle, takeAll } from './sweep-steps';

/** A file that still grows at the third look is left for the next night. */
const mostLooks = 3;
/** A run that waits longer would keep the next night's from starting. */
const longestWaitMs = 20 * 3_600_000;

/** The night's files stay where they are, for the next night or for a run that is triggered. */
const missedCode = 'PATIENT_IMPORT_MISSED';

interface ImportState extends SweepRef {
  completed: number;
  failed: number;
  waiting: number;
}

/**
 * One night's import of a tenant's patient files (data-model D.2): every file of Pending that is complete becomes an upload
 * of its own; when that has ended its results are written, and only then does the file leave Pending. What an earlier run
 * left half done is taken up first.
 */
export async function patientImportWorkflow(input: PatientImportInput): Promise<PatientImportResult> {
  const sweepId = workflowInfo().firstExecutionRunId;
  const { tenantId, settleSeconds, missed } = await short.openSweep(openingOf(input));
  const state: ImportState = { tenantId, sweepId, completed: 0, failed: 0, waiting: 0 };
  if (missed) {
    await endImport(state, 'missed');
    throw ApplicationFailure.nonRetryable('The run came after its catch-up limit', missedCode);
  }
  try {
    await importFiles(state, settleSeconds);
  } catch (error) {
    await endImport(state, 'failed');
    throw error;
  }
  return endImport(state, 'completed');
}

async function importFiles(state: ImportState, settleSeconds: number): Promise<void> {
  const { tenantId, sweepId } = state;
  const folder = { tenantId, door: 'patients' } as const;
  state.waiting = await settle(folder, settleSeconds, mostLooks);
  state.waiting += await takeAll({ tenantId, sweepId }, folder);
  await finishFiles(state);
}

/** Writes the results of each file as its upload ends: a small file does not wait for a large one. */
async function finishFiles(state: ImportState): Promise<void> {
  const { tenantId } = state;
  const began = Date.now();
  const left = new Set<string>();
  for (;;) {
    const { fileIds: due, unfinished } = await short.listDueResults({ tenantId });
    const fileIds = due.filter((fileId) => !left.has(fileId));
    await inLanes(fileIds, async (fileId) => {
      if (await finishFile(state, fileId)) return;
      left.add(fileId);
      state.waiting += 1;
    });
    if (fileIds.length > 0) continue;
    if (unfinished === 0) return;
    const waited = Date.now() - began;
    if (waited > longestWaitMs) {
      state.waiting += unfinished;
      return;
    }
    await sleep(pauseAfter(waited));
  }
}

/** @returns false when the file is left as it is for the next run */
async function finishFile(state: ImportState, fileId: string): Promise<boolean> {
  const { tenantId, sweepId } = state;
  const result = await orLeave(state, fileId, async () => {
    const written = await perFile.writePatientResults({ tenantId, sweepId, fileId });
    await perFile.clearPatientFile({ tenantId, sweepId, fileId });
    return written;
  });
  if (result?.completed) state.completed += 1;
  else if (result) state.failed += 1;
  return result !== undefined;
}

async function endImport(state: ImportState, status: PatientImportStatus): Promise<PatientImportResult> {
  const { tenantId, sweepId, completed, failed, waiting } = state;
  return CancellationScope.nonCancellable(async () => {
    await bulk.endPatientImport({ tenantId, sweepId, status });
    await publish(tenantId);
    const result = { status, files: completed + failed, completed, failed, waiting };
    log.info('patient import ended', { sweepId, ...result });
    return result;
  });
}
