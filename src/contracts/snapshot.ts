/** Names and shapes of snapshots that cross a process. */

export type SnapshotStatus = 'preparing' | 'ready' | 'failed' | 'expired';

export interface SnapshotRef {
  snapshotId: string;
}

export interface SnapshotWorkflowInput extends SnapshotRef {
  /** How long it is kept once it is ready. */
  keepSeconds: number;
}

/** `busy`: an upload is half committed. */
export interface TakeSnapshotResult {
  status: 'taken' | 'busy';
}

export interface FailSnapshotInput extends SnapshotRef {
  code: string;
}

/** Records in each page but the last one of an entity. */
export const snapshotPageRecords = 1000;

/** Pages are numbered from 0. */
export const snapshotPageKey = (prefix: string, entity: string, page: number): string =>
  `${prefix}${entity}/${String(page).padStart(7, '0')}.json`;
