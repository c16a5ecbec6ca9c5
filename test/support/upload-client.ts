// Tests upload as the sample run does: there is one client of this API.
export { UploadClient, type RowView, type UploadOptions, type UploadView } from '../../scripts/sample/upload-client';
