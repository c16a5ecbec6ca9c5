/**
 * Where the folders that an SFTP user sees lie in the bucket. Fixed, so that another SFTP server over the same bucket
 * (AWS Transfer Family, SFTPGo) serves the same files; the names are those of the article (spec patient-import).
 */

export const sftpFolders = {
  pending: 'Pending Patient Imports',
  results: 'Patient Import Results',
  uploads: 'CareCloud Uploads',
} as const;

export type SftpFolder = keyof typeof sftpFolders;

/**
 * Takes a tenant and a folder; gives the key prefix of its objects, ending in a slash. Files of `uploads` lie in the
 * inbox, where the nightly sync finds them.
 */
export function sftpFolderPrefix(tenant: { workspaceId: string; bucketId: string }, folder: SftpFolder): string {
  const { workspaceId, bucketId } = tenant;
  if (folder === 'uploads') return `inbox/${workspaceId}/${bucketId}/`;
  return `sftp/${workspaceId}/${bucketId}/${sftpFolders[folder]}/`;
}
