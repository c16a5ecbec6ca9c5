/** What crosses a process boundary for one upload: ids, keys, counts and codes, never a value of a record. */

export const uploadModes = ['commit', 'preview'] as const;
export type UploadMode = (typeof uploadModes)[number];

export const atomicities = ['record', 'upload'] as const;
export type Atomicity = (typeof atomicities)[number];

export const uploadStatuses = ['accepted', 'running', 'completed', 'failed', 'cancelled'] as const;
export type UploadStatus = (typeof uploadStatuses)[number];

/** The steps of an upload in order; `wait` is the time until its tenant's turn. */
export const uploadSteps = ['fetch', 'validate', 'wait', 'resolve', 'commit', 'settle', 'notify'] as const;
export type UploadStep = (typeof uploadSteps)[number];

export const outcomes = [
  'created',
  'updated',
  'unchanged',
  'disabled',
  'deleted',
  'parked',
  'superseded',
  'errored',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Rows of one entity in one upload: `read` is the sum of the outcomes; `warnings` counts rows that carry a warning. */
export type EntityCounts = Record<'read' | Outcome | 'warnings', number>;

/** By entity name. */
export type UploadCounts = Record<string, EntityCounts>;

/** Why an upload failed as a whole. `line` counts from 1 in the named file. */
export interface UploadFailure {
  code: string;
  message: string;
  fileId?: string;
  entity?: string;
  line?: number;
}

export interface UploadWorkflowInput {
  uploadId: string;
  /** Somebody waits for it: it has places in the task queues that bulk files do not take. */
  interactive?: boolean;
}

export interface UploadWorkflowResult {
  uploadId: string;
  status: UploadStatus;
}

export interface EntityUploadInput {
  uploadId: string;
  entity: string;
  /** Number of chunks of this entity, over all its files; a chunk's place in that order is its number. */
  chunks: number;
  interactive?: boolean;
  /** What earlier runs of the same workflow have staged. */
  staged?: { chunks: number; rows: number };
}

export interface EntityUploadResult {
  entity: string;
  rows: number;
}

/** Answer of the `progress` query of an upload workflow: rows by entity, as far as they are known. */
export interface UploadProgress {
  step: UploadStep;
  entities: Record<string, { rows: number; chunks: number; staged: boolean }>;
}

export const progressQueryName = 'progress';
/** Sent to the next upload in line when a tenant's turn is free. */
export const turnSignalName = 'turn';
