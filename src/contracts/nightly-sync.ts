/** What crosses a process boundary for a sweep of a tenant's inbox: ids, counts and codes, never the name of an object. */

/** Folders that are swept: the inbox of sync files, and the patient files that wait for their night. */
export type InboxDoor = 'inbox' | 'patients';

export interface InboxSweepInput {
  workspaceId: string;
  bucketId: string;
  /** Instead of the tenant's 02:45: seconds from the start until the run counts as late. For tests and drills. */
  lateAfterSeconds?: number;
}

/** `missed`: the run came after its catch-up limit and left everything for the next one. */
export type InboxSweepStatus = 'completed' | 'failed' | 'missed';

export interface InboxSweepResult {
  status: InboxSweepStatus;
  /** Objects that became files of an upload. */
  files: number;
  uploads: number;
  /** Uploads by how they ended; `unfinished` were still under way when the sweep stopped waiting for them. */
  completed: number;
  failed: number;
  unfinished: number;
  /** Objects left in the inbox because they were still changing, or S3 does not let us have them. */
  waiting: number;
  late: boolean;
}

/** Where a sweep is; its uploads have steps of their own. */
export const inboxSweepSteps = ['settle', 'take', 'upload'] as const;
export type InboxSweepStep = (typeof inboxSweepSteps)[number];

export interface TenantRef {
  tenantId: number;
}

/** `sweepId` is the run id of the sweep's workflow. */
export interface SweepRef extends TenantRef {
  sweepId: string;
}

/** Which of a tenant's folders is meant: the inbox when none is named. */
export interface FolderRef extends TenantRef {
  door?: InboxDoor;
}

export interface ClaimInboxInput extends SweepRef, FolderRef {}

export interface OpenSweepInput {
  workspaceId: string;
  bucketId: string;
  sweepId: string;
  workflowId: string;
  /** When the schedule meant the run to start. */
  scheduledAt: string;
  /** When it started. */
  startedAt: string;
}

export interface OpenSweepResult extends TenantRef {
  settleSeconds: number;
  /** When the run begins to be late (E-41: CCN reads from 03:00 on). */
  lateAt: string;
  missed: boolean;
}

export interface ObserveInboxResult {
  /** Complete objects. */
  settled: number;
  /** Objects that were not seen long enough, or were seen to change. */
  unsettled: number;
}

export interface ClaimInboxResult {
  fileIds: string[];
}

export interface TakeInboxObjectInput extends SweepRef {
  fileId: string;
}

export interface UploadEnds {
  completed: number;
  failed: number;
  unfinished: number;
}

export interface ReportLateInput extends SweepRef {
  step: InboxSweepStep;
}

export interface EndSweepInput extends SweepRef {
  status: InboxSweepStatus;
  /** Why it failed. */
  code?: string;
  waiting: number;
}
