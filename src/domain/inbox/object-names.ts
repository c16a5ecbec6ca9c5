import { sftpFolderPrefix } from '../../contracts/sftp-folders';

/** Endings under which clients write what they rename when it is whole (PEERS 2.13). */
const unfinished = /\.(part|tmp|filepart)$/i;

/** Folder in which any S3 or SFTP client drops files for a tenant. */
export function inboxPrefix(tenant: { workspaceId: string; bucketId: string }): string {
  return sftpFolderPrefix(tenant, 'uploads');
}

/**
 * Whether an object of the inbox may be a whole file, by its name: names of unfinished files, hidden names (also of a
 * folder on the way) and the marks that clients leave for folders are left alone.
 * @param name the part of its key after the inbox's prefix
 */
export function isFileName(name: string): boolean {
  if (name === '' || name.endsWith('/') || name.endsWith('_$folder$')) return false;
  return !unfinished.test(name) && !name.split('/').some((part) => part.startsWith('.'));
}

/** What a file is called: the last part of its key. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Where a file of the inbox is moved to. Of its name only what a path, URL or shell cannot take otherwise is kept. */
export function uploadKey(place: { workspaceId: string; bucketId: string }, fileId: string, fileName: string): string {
  const safe = fileName.normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '_');
  return `uploads/${place.workspaceId}/${place.bucketId}/${fileId}/${safe}`;
}
