import { sftpFolders } from '../contracts/sftp-folders';
import { headObject } from '../platform/read-objects';
import { attributesOfIncoming } from './file-requests';
import { fileAttributes, folderEntry, listFolder, listRoot } from './folder-listing';
import type { Attributes, Entry } from './protocol/attributes';
import { noSuchFile, SftpRefusal } from './protocol/refusal';
import type { SessionContext } from './session-context';
import { isWritable, placeOf } from './virtual-path';

/** STAT and LSTAT, which are the same: there are no links. */
export async function attributesOf(context: SessionContext, path: string | undefined): Promise<Attributes> {
  const { home, since, store, handles } = context;
  const place = placeOf(home, path);
  switch (place.kind) {
    case 'root':
      return folderEntry('/', false, since);
    case 'folder':
      return folderEntry(sftpFolders[place.folder], isWritable(place.folder), since);
    case 'nowhere':
      throw noSuchFile();
    case 'file': {
      const incoming = handles.incomingTo(place.key);
      if (incoming) return attributesOfIncoming(incoming);
      const object = await headObject({ ...store, key: place.key });
      if (!object) throw noSuchFile();
      return fileAttributes(object, place.folder);
    }
  }
}

/** OPENDIR. @returns the handle */
export async function openFolder(context: SessionContext, path: string | undefined): Promise<string> {
  const { home, store, since, handles } = context;
  const place = placeOf(home, path);
  if (place.kind === 'root') {
    return handles.add({ kind: 'folder', listing: listRoot(home, since), entry: folderEntry('/', false, since) });
  }
  if (place.kind === 'folder') {
    const { folder } = place;
    const entry = folderEntry(sftpFolders[folder], isWritable(folder), since);
    return handles.add({ kind: 'folder', listing: listFolder(store, home, folder, since), entry });
  }
  await attributesOf(context, path);
  throw new SftpRefusal('FAILURE', 'This is not a folder.');
}

/** READDIR. @returns undefined when there are no more */
export async function nextEntries(context: SessionContext, id: string): Promise<Entry[] | undefined> {
  const handle = context.handles.get(id);
  if (handle.kind !== 'folder') throw new SftpRefusal('FAILURE', 'This is not a folder.');
  return handle.listing.next();
}
