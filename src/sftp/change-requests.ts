import type { SftpFolder } from '../contracts/sftp-folders';
import { copyObject, deleteObject, deleteVersion } from '../platform/change-objects';
import { headObject, ObjectChanged } from '../platform/read-objects';
import { attributesOf } from './folder-requests';
import { attributesOfHandle } from './file-requests';
import type { SetAttributes } from './protocol/field-reader';
import { noSuchFile, SftpRefusal } from './protocol/refusal';
import { requireNewName, requireWritable, resultsStay } from './require-writable';
import type { Act, SessionContext } from './session-context';
import { placeOf } from './virtual-path';

/** REMOVE. A file that this session is just writing is given up. */
export async function removeFile(context: SessionContext, path: string | undefined): Promise<void> {
  const { key, folder } = requireWritable(placeOf(context.home, path));
  await reported(context, 'remove', folder, async () => {
    const incoming = context.handles.incomingTo(key);
    if (incoming) return incoming.file.abort();
    if (!(await headObject({ ...context.store, key }))) throw noSuchFile();
    await deleteObject(context.store, key);
  });
}

/**
 * RENAME, within one folder: a copy, then the removal of the old name, so that a crash in between leaves both. What
 * another session has stored under the old name meanwhile stays there.
 * @param mayReplace posix-rename@openssh.com replaces a file of the new name; the plain request must not
 */
export async function renameFile(
  context: SessionContext,
  from: string | undefined,
  to: string | undefined,
  mayReplace: boolean,
): Promise<void> {
  const source = requireWritable(placeOf(context.home, from));
  const target = requireNewName(placeOf(context.home, to));
  if (source.folder !== target.folder) {
    throw new SftpRefusal('PERMISSION_DENIED', 'Files can be renamed within their folder only.');
  }
  await reported(context, 'rename', source.folder, async () => {
    const { store, handles } = context;
    if (handles.incomingTo(source.key) ?? handles.incomingTo(target.key)) {
      throw new SftpRefusal('FAILURE', 'The file is still being written.');
    }
    const found = await headObject({ ...store, key: source.key });
    if (!found) throw noSuchFile();
    if (source.key === target.key) return;
    if (!mayReplace && (await headObject({ ...store, key: target.key }))) {
      throw new SftpRefusal('FAILURE', 'There is a file of the new name already: remove it first.');
    }
    const version = { ...found, key: source.key };
    await copyObject(store, version, target.key).catch((error: unknown) => {
      if (!(error instanceof ObjectChanged)) throw error;
      throw new SftpRefusal('NO_SUCH_FILE', 'The file has just been replaced or removed.');
    });
    await deleteVersion(store, version);
  });
}

/** MKDIR, RMDIR: the folders are fixed. */
export function refuseFolderChange(context: SessionContext, path: string | undefined): never {
  const place = placeOf(context.home, path);
  if ((place.kind === 'file' || place.kind === 'folder') && place.folder === 'results') throw resultsStay();
  throw new SftpRefusal('PERMISSION_DENIED', 'Folders cannot be made or removed here.');
}

/**
 * SETSTAT: times and modes are taken and ignored, since clients set them after every file and objects have none. In
 * Results nothing may be set.
 */
export async function setAttributes(
  context: SessionContext,
  path: string | undefined,
  attributes: SetAttributes,
): Promise<void> {
  const place = placeOf(context.home, path);
  if ((place.kind === 'file' || place.kind === 'folder') && place.folder === 'results') throw resultsStay();
  requireSize(attributes, (await attributesOf(context, path)).sizeBytes);
}

/** FSETSTAT, likewise. */
export function setHandleAttributes(context: SessionContext, id: string, attributes: SetAttributes): void {
  const handle = context.handles.get(id);
  if (handle.kind === 'outgoing' && handle.folder === 'results') throw resultsStay();
  requireSize(attributes, attributesOfHandle(context, id).sizeBytes);
}

function requireSize({ size }: SetAttributes, sizeBytes: number): void {
  if (size === undefined || size === sizeBytes) return;
  throw new SftpRefusal('FAILURE', 'The size of a file cannot be set here: send the whole file again.');
}

async function reported(
  context: SessionContext,
  action: Act['action'],
  folder: SftpFolder,
  work: () => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  let code: Act['code'] = 'FAILURE';
  try {
    await work();
    code = 'OK';
  } catch (error) {
    if (error instanceof SftpRefusal) ({ code } = error);
    throw error;
  } finally {
    context.report({ action, folder, code, tookMs: Math.round(performance.now() - startedMs) });
  }
}
