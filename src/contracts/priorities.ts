/** Temporal starts tasks of a lower number first; 3 is what everything has that names none. */
const priorityKeys = { interactive: 2, usual: 3 } as const;

/** Doors behind which somebody waits: at most 1000 rows, handed in one by one. */
const interactiveSources: readonly string[] = ['batch'];

/**
 * Place of an upload's work in the task queues: batches go before bulk files, and among equals the tenants take turns.
 * Activities and child workflows inherit it from the upload's workflow.
 */
export function priorityOf(upload: { tenantId: number; source: string }): {
  priorityKey: number;
  fairnessKey: string;
} {
  const isInteractive = interactiveSources.includes(upload.source);
  return {
    priorityKey: isInteractive ? priorityKeys.interactive : priorityKeys.usual,
    fairnessKey: `tenant-${upload.tenantId}`,
  };
}
