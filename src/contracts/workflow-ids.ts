/** Workflow ids are business keys, so that starting the same work twice finds the first run. */
export const uploadWorkflowId = (uploadId: string): string => `upload/${uploadId}`;

export const entityUploadWorkflowId = (uploadId: string, entity: string): string => `upload/${uploadId}/${entity}`;
