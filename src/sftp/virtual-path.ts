import path from 'node:path';
import { sftpFolderPrefix, sftpFolders, type SftpFolder } from '../contracts/sftp-folders';
import { forbiddenInNames, maxNameBytes } from '../domain/inbox/sftp-names';
import { SftpRefusal } from './protocol/refusal';

/** Whose files a session sees. */
export interface Home {
  workspaceId: string;
  bucketId: string;
  /** The folders that the user sees. */
  folders: readonly SftpFolder[];
}

export type Place =
  | { kind: 'root' }
  | { kind: 'folder'; folder: SftpFolder }
  | { kind: 'file'; folder: SftpFolder; name: string; key: string }
  /** Nothing can be there: outside the folders, or below a file. */
  | { kind: 'nowhere' };

/** Longer than any path that leads anywhere. */
const maxPathCharacters = 4096;

/**
 * Takes a path as the client sent it, relative to the root; gives it absolute and without dots. Nothing is above the
 * root: `/../..` is the root again.
 * @throws SftpRefusal for a path that is too long, not UTF-8, or holds a NUL
 */
export function absolutePath(text: string | undefined): string {
  if (text === undefined) throw new SftpRefusal('NO_SUCH_FILE', 'Names have to be UTF-8.');
  if (text.length > maxPathCharacters) throw new SftpRefusal('NO_SUCH_FILE', 'The path is too long.');
  if (text.includes('\0')) throw new SftpRefusal('NO_SUCH_FILE', 'The path holds a zero byte.');
  return path.posix.resolve('/', text);
}

/**
 * Where a path leads. Keys are only ever made here: the tenant's prefix, which the client has no say in, and one name
 * without a slash.
 */
export function placeOf(home: Home, text: string | undefined): Place {
  const [folderName, name, ...deeper] = absolutePath(text).split('/').slice(1);
  if (!folderName) return { kind: 'root' };
  const folder = home.folders.find((each) => sftpFolders[each] === folderName);
  if (!folder || deeper.length > 0) return { kind: 'nowhere' };
  if (name === undefined) return { kind: 'folder', folder };
  if (!isName(name)) return { kind: 'nowhere' };
  return { kind: 'file', folder, name, key: sftpFolderPrefix(home, folder) + name };
}

/** Whether a file may be called so. */
export function isName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= maxNameBytes && !forbiddenInNames.test(name);
}

/** Whether files of a folder may be put, renamed and removed. */
export function isWritable(folder: SftpFolder): boolean {
  return folder !== 'results';
}
