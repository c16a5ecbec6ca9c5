import { sftpFolderPrefix, sftpFolders, type SftpFolder } from '../contracts/sftp-folders';
import { listPage, type Store, type StoredObject } from '../platform/read-objects';
import type { Attributes, Entry } from './protocol/attributes';
import { isName, isWritable, type Home } from './virtual-path';

/** As OpenSSH's server has it; with the longest names it still fits into a packet. */
const namesAtOnce = 100;

/** A folder that is being listed. */
export interface FolderListing {
  /** The next names; undefined when there are no more. */
  next(): Promise<Entry[] | undefined>;
}

/** An entry for a folder. Folders have no time of their own: `modified` is when the session began. */
export function folderEntry(name: string, isWritableFolder: boolean, modified: Date): Entry {
  return { name, isFolder: true, isWritable: isWritableFolder, sizeBytes: 0, modified };
}

/** What is told of a stored file of a folder. */
export function fileAttributes({ sizeBytes, lastModified }: StoredObject, folder: SftpFolder): Attributes {
  return { isFolder: false, isWritable: isWritable(folder), sizeBytes, modified: lastModified };
}

export function listRoot(home: Home, since: Date): FolderListing {
  const names = home.folders.map((folder) => folderEntry(sftpFolders[folder], isWritable(folder), since));
  let entries: Entry[] | undefined = [folderEntry('.', false, since), folderEntry('..', false, since), ...names];
  return {
    async next() {
      const given = entries;
      entries = undefined;
      return given;
    },
  };
}

/** Page by page as S3 gives them. What stands deeper, or has a name that a client could not use, is left out. */
export function listFolder(store: Store, home: Home, folder: SftpFolder, since: Date): FolderListing {
  const prefix = sftpFolderPrefix(home, folder);
  let waiting: Entry[] = [folderEntry('.', isWritable(folder), since), folderEntry('..', false, since)];
  let token: string | undefined;
  let isOver = false;
  return {
    async next() {
      while (waiting.length === 0 && !isOver) {
        const page = await listPage(store, prefix, { below: 'here', token });
        token = page.next;
        isOver = token === undefined;
        waiting = page.objects
          .map((object) => ({ ...fileAttributes(object, folder), name: object.key.slice(prefix.length) }))
          .filter(({ name }) => isName(name));
      }
      const given = waiting.slice(0, namesAtOnce);
      waiting = waiting.slice(namesAtOnce);
      return given.length > 0 ? given : undefined;
    },
  };
}
