/** What crosses a process boundary for a night's import of patient files: ids, counts and codes, never the name of a file. */
import type { SweepRef, TenantRef } from './nightly-sync';

export interface PatientImportInput {
  workspaceId: string;
  bucketId: string;
}

/** `missed`: the run came after its catch-up limit and left everything for the next one. */
export type PatientImportStatus = 'completed' | 'failed' | 'missed';

export interface PatientImportResult {
  status: PatientImportStatus;
  /** Files whose results were written and which left Pending. */
  files: number;
  /** Of these, the ones whose rows were read. */
  completed: number;
  /** And those that were refused as a whole. */
  failed: number;
  /** Files left in Pending: still being written, not readable, or without results when the run stopped waiting. */
  waiting: number;
}

export interface PatientFileRef extends SweepRef {
  fileId: string;
}

/** Files of a tenant whose upload has ended and whose results are due, and how many uploads are still under way. */
export interface DueResults {
  fileIds: string[];
  unfinished: number;
}

export type ListDueResultsInput = TenantRef;

export interface WritePatientResultsResult {
  /** False when the file was refused as a whole. */
  completed: boolean;
}

export interface EndPatientImportInput extends SweepRef {
  status: PatientImportStatus;
}
