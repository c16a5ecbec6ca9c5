/** Temporal starts tasks of a lower number first; 3 is what everything has that names none. */
const priorityKeys = { interactive: 2, usual: 3 } as const;

/** Whether somebody waits behind the door for the rows, of which there are at most 1000. */
export function isInteractive({ source }: { source: string }): boolean {
  return source === 'batch';
}

/**
 * Place of an upload's work in the task queues: batches go before bulk files, and among equals the tenants take turns.
 * Activities and child workflows inherit it from the upload's workflow.
 */
export function priorityOf(upload: { tenantId: number; source: string }): {
  priorityKey: number;
  fairnessKey: string;
} {
  return {
    priorityKey: isInteractive(upload) ? priorityKeys.interactive : priorityKeys.usual,
    fairnessKey: `tenant-${upload.tenantId}`,
  };
}
