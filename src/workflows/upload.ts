import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { EndUploadInput } from '../contracts/activities';
import {
  progressQueryName,
  turnSignalName,
  type UploadFailure,
  type UploadProgress,
  type UploadWorkflowInput,
  type UploadWorkflowResult,
} from '../contracts/upload';
import { entityUploadWorkflowId, uploadWorkflowId } from '../contracts/workflow-ids';
import { isFileCode, messageFor } from '../domain/codes';
import { entityUploadWorkflow } from './entity-upload';
import { notify, shortStepsOfUpload, stepsOf } from './proxies';
import { attributesOfEntityRun, showEntities, showStatus } from './visibility';

export const progressQuery = defineQuery<UploadProgress>(progressQueryName);
export const turnSignal = defineSignal(turnSignalName);

/** How long an upload waits for the word that it is next before it asks again by itself: longer every time. */
const firstPatienceMs = 10_000;
const mostPatienceMs = 300_000;

interface UploadState extends UploadWorkflowInput {
  short: ReturnType<typeof shortStepsOfUpload>;
  steps: ReturnType<typeof stepsOf>;
  progress: UploadProgress;
  /** The upload before this one has given its turn back. */
  nextInLine: boolean;
}

/**
 * One upload from its files to its events: fetch, validate and normalize, wait for the tenant's turn, resolve
 * associations and plan, commit, settle, notify. Fails with the code of what is wrong with the upload as a whole.
 */
export async function uploadWorkflow(input: UploadWorkflowInput): Promise<UploadWorkflowResult> {
  const { uploadId } = input;
  const steps = stepsOf(input);
  const state: UploadState = {
    ...input,
    short: shortStepsOfUpload(),
    steps,
    progress: { step: 'fetch', entities: {} },
    nextInLine: false,
  };
  setHandler(progressQuery, () => state.progress);
  setHandler(turnSignal, () => {
    state.nextInLine = true;
  });
  showStatus('running');

  const accepted = CancellationScope.nonCancellable(() => notify.publishEvents({ uploadId }));
  const end = await endOf(state);
  showStatus(end.status);
  await CancellationScope.nonCancellable(async () => {
    // A large upload that ends early takes back as many rows as it had planned.
    const { nextUploadId } = await steps.endUpload(end);
    if (nextUploadId) await tellNext(nextUploadId);
    state.progress.step = 'notify';
    await accepted;
    await notify.publishEvents({ uploadId });
  });
  // The SDK's own line on the failure does not name its code.
  if (end.failure) log.warn('upload ended', { uploadId, status: end.status, code: end.failure.code });
  if (end.failure) throw ApplicationFailure.nonRetryable(end.failure.message, end.failure.code);
  return { uploadId, status: end.status };
}

async function endOf(state: UploadState): Promise<EndUploadInput> {
  const { uploadId } = state;
  try {
    const failure = await processUpload(state);
    return failure ? { uploadId, status: 'failed', failure } : { uploadId, status: 'completed' };
  } catch (error) {
    if (isCancellation(error)) {
      return { uploadId, status: 'cancelled', failure: failureOf('UPLOAD_CANCELLED') };
    }
    log.error('upload failed', { uploadId, error });
    return { uploadId, status: 'failed', failure: failureOf(fileCodeOf(error) ?? 'INTERNAL') };
  }
}

function failureOf(code: string): UploadFailure {
  return { code, message: messageFor(code) };
}

/** What an activity found wrong with the upload as a whole, at the bottom of the failures that wrap it. */
function fileCodeOf(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure && error.type && isFileCode(error.type)) return error.type;
  return error instanceof TemporalFailure && error.cause ? fileCodeOf(error.cause) : undefined;
}

async function processUpload(state: UploadState): Promise<UploadFailure | undefined> {
  const { uploadId, steps, progress } = state;
  const broken = await fetchFiles(state);
  if (broken) return broken;
  await stageRows(state);
  await takeTurn(state);
  for (;;) {
    progress.step = 'resolve';
    const planned = await steps.planUpload({ uploadId });
    if (planned.status === 'refused') return planned.failure;
    if (planned.status === 'done' && (await commitAndSettle(state))) return undefined;
    log.warn('staged rows were lost, staging them again', { uploadId });
    await stageRows(state);
  }
}

/** Pins and checks every file. One broken file fails the upload, the first in order naming the reason. */
async function fetchFiles({ uploadId, short, steps, progress }: UploadState): Promise<UploadFailure | undefined> {
  const { fileNos } = await short.beginUpload({ uploadId });
  const files = await Promise.all(fileNos.map((fileNo) => steps.fetchFile({ uploadId, fileNo })));
  for (const file of files) {
    if ('failure' in file) return file.failure;
    const known = progress.entities[file.entity] ?? { rows: 0, chunks: 0, staged: false };
    progress.entities[file.entity] = {
      rows: known.rows + file.rows,
      chunks: known.chunks + file.chunks,
      staged: false,
    };
  }
  showEntities(Object.keys(progress.entities));
  return undefined;
}

async function stageRows({ uploadId, interactive, progress }: UploadState): Promise<void> {
  progress.step = 'validate';
  await Promise.all(
    Object.entries(progress.entities).map(async ([entity, known]) => {
      await executeChild(entityUploadWorkflow, {
        workflowId: entityUploadWorkflowId(uploadId, entity),
        args: [{ uploadId, entity, chunks: known.chunks, interactive }],
        ...attributesOfEntityRun(entity),
      });
      known.staged = true;
    }),
  );
}

async function takeTurn(state: UploadState): Promise<void> {
  state.progress.step = 'wait';
  let patienceMs = firstPatienceMs;
  for (;;) {
    const { granted, abandonedUploadId } = await state.short.requestTurn({ uploadId: state.uploadId });
    if (granted) break;
    if (abandonedUploadId) {
      await state.steps.endUpload({
        uploadId: abandonedUploadId,
        status: 'failed',
        failure: failureOf('UPLOAD_TERMINATED'),
      });
      continue;
    }
    showStatus('waiting');
    await condition(() => state.nextInLine, patienceMs);
    state.nextInLine = false;
    patienceMs = Math.min(patienceMs * 2, mostPatienceMs);
  }
  showStatus('running');
}

/** False when staged rows were lost on the way. */
async function commitAndSettle({ uploadId, steps, progress }: UploadState): Promise<boolean> {
  progress.step = 'commit';
  const committed = await steps.commitUpload({ uploadId });
  if (committed.status === 'staging-lost') return false;
  progress.step = 'settle';
  const settled = await steps.settleUpload({ uploadId });
  return settled.status === 'done';
}

/** Only a hint: when the next upload is gone or not there yet, it asks by itself. */
async function tellNext(uploadId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(uploadWorkflowId(uploadId)).signal(turnSignal);
  } catch (error) {
    log.info('the next upload in line could not be told', { uploadId, error });
  }
}
