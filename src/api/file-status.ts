import type { EntityCounts, UploadStatus } from '../contracts/upload';
import type { FileUpload } from '../db/queries/files';

/** Words that a client of the documented API sorts into done, failed and not yet (data-model E-23). */
export type FileStatus = 'Pending' | 'Processing' | 'Success' | 'Failed';

export interface FileState {
  status: FileStatus;
  uploadId: string | null;
  errorCode: string | null;
  message: string | null;
  line: number | null;
  /** What became of the file's rows; a success may well hold errored and parked ones. */
  counts: EntityCounts | null;
}

const nothingYet: FileState = {
  status: 'Pending',
  uploadId: null,
  errorCode: null,
  message: null,
  line: null,
  counts: null,
};

export function describeFile(upload: FileUpload | undefined): FileState {
  if (!upload) return nothingYet;
  const counts = (upload.entity && upload.counts?.[upload.entity]) || null;
  const state = { ...nothingYet, status: fileStatusOf(upload.status), uploadId: upload.uploadId, counts };
  if (upload.status === 'cancelled')
    return { ...state, errorCode: 'UPLOAD_CANCELLED', message: 'The upload was cancelled.' };
  if (upload.failure) {
    const { code, message, line } = upload.failure;
    return { ...state, errorCode: code, message, line: line ?? null };
  }
  return { ...state, message: counts && notCommitted(counts) };
}

function fileStatusOf(status: UploadStatus): FileStatus {
  switch (status) {
    case 'accepted':
    case 'running':
      return 'Processing';
    case 'completed':
      return 'Success';
    case 'failed':
    case 'cancelled':
      return 'Failed';
  }
}

function notCommitted(counts: EntityCounts): string | null {
  const { errored, parked } = counts;
  if (errored + parked === 0) return null;
  return `${errored} rows errored and ${parked} parked; GET /v1/uploads/{uploadId}/rows names them.`;
}
