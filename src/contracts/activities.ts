/** Inputs and results of the activities: ids, counts and codes only. */
import type { UploadFailure } from './upload';

export interface UploadRef {
  uploadId: string;
}

export interface BeginUploadResult {
  /** Numbers of the upload's files. */
  fileNos: number[];
}

export interface FetchFileInput extends UploadRef {
  fileNo: number;
}

/** A file that is broken as a whole gives a failure: it is an outcome, not an error to retry. */
export type FetchFileResult = { entity: string; chunks: number; rows: number } | { failure: UploadFailure };

export interface StageChunkInput extends UploadRef {
  entity: string;
  /** Place of the chunk among all chunks of the entity, from 0. */
  index: number;
}

export interface StageChunkResult {
  rows: number;
}

export interface RequestTurnResult {
  granted: boolean;
  /** The upload before this one, when its workflow is over and nobody has closed it. */
  abandonedUploadId?: string;
}

/** `staging-lost`: a database crash emptied the staging tables, the rows have to be staged again. */
export type StepResult = { status: 'done' } | { status: 'staging-lost' };

export type PlanUploadResult = StepResult | { status: 'refused'; failure: UploadFailure };

export interface EndUploadInput extends UploadRef {
  status: 'completed' | 'failed' | 'cancelled';
  failure?: UploadFailure;
}

export interface EndUploadResult {
  /** The next upload in line for the tenant's turn, if any. */
  nextUploadId: string | null;
}
