/** Entry of the workflow bundle: everything exported here is a workflow that a client may start by name. */
export { uploadWorkflow } from './upload';
export { entityUploadWorkflow } from './entity-upload';
export { inboxSweepWorkflow } from './inbox-sweep';
export { patientImportWorkflow } from './patient-import';
export { snapshotWorkflow } from './snapshot';
export { publishEventsWorkflow } from './publish-events';
