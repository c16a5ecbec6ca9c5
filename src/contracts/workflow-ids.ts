/** Workflow ids are business keys, so that starting the same work twice finds the first run. */
export const uploadWorkflowId = (uploadId: string): string => `upload/${uploadId}`;

export const entityUploadWorkflowId = (uploadId: string, entity: string): string => `upload/${uploadId}/${entity}`;

/** The upload whose workflow, or whose entity's workflow, has this id. */
export function uploadIdOf(workflowId: string): string | undefined {
  return /^upload\/([^/]+)/.exec(workflowId)?.[1];
}

/** Workflow of a tenant's sweeps; the schedule adds the time of the run. */
export const inboxSweepWorkflowId = (workspaceId: string, bucketId: string): string =>
  `inbox-sweep/${workspaceId}/${bucketId}`;

export const nightlySyncScheduleId = (workspaceId: string, bucketId: string): string =>
  `nightly-sync/${workspaceId}/${bucketId}`;

/** Workflow of a tenant's patient imports; the schedule adds the time of the run. */
export const patientImportWorkflowId = (workspaceId: string, bucketId: string): string =>
  `patient-import/${workspaceId}/${bucketId}`;

export const patientImportScheduleId = (workspaceId: string, bucketId: string): string =>
  `patient-import/${workspaceId}/${bucketId}`;

export const snapshotWorkflowId = (snapshotId: string): string => `snapshot/${snapshotId}`;

/** One for each request that has something sent: a run that is under way may have looked already. */
export const publishEventsWorkflowId = (tenantId: number, requestId: string): string =>
  `publish-events/${tenantId}/${requestId}`;
