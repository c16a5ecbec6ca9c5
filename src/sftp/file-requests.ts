import { headObject } from '../platform/read-objects';
import { createIncomingFile } from './incoming-file';
import { fileAttributes } from './folder-listing';
import { createOutgoingFile } from './outgoing-file';
import type { Attributes } from './protocol/attributes';
import { openFlags } from './protocol/codes';
import { maxDataBytes } from './protocol/limits';
import { noSuchFile, SftpRefusal } from './protocol/refusal';
import { requireNewName } from './require-writable';
import type { Act, OpenHandle, SessionContext } from './session-context';
import { placeOf } from './virtual-path';

type Incoming = Extract<OpenHandle, { kind: 'incoming' }>;
type Outgoing = Extract<OpenHandle, { kind: 'outgoing' }>;

/** OPEN. @returns the handle */
export async function openFile(context: SessionContext, path: string | undefined, flags: number): Promise<string> {
  return flags & openFlags.WRITE ? openForWriting(context, path, flags) : openForReading(context, path);
}

async function openForReading(context: SessionContext, path: string | undefined): Promise<string> {
  const place = placeOf(context.home, path);
  if (place.kind === 'root' || place.kind === 'folder') throw new SftpRefusal('FAILURE', 'This is a folder.');
  const object = place.kind === 'file' ? await headObject({ ...context.store, key: place.key }) : undefined;
  if (place.kind === 'nowhere' || !object) throw noSuchFile();
  return withSlot(context, () => ({
    kind: 'outgoing',
    folder: place.folder,
    file: createOutgoingFile(context.store, { ...object, key: place.key }),
    object,
    sentBytes: 0,
    openedMs: performance.now(),
  }));
}

async function openForWriting(context: SessionContext, path: string | undefined, flags: number): Promise<string> {
  const { key, folder } = requireNewName(placeOf(context.home, path));
  if (flags & openFlags.APPEND) {
    throw new SftpRefusal('FAILURE', 'Appending is not possible here: send the whole file again.');
  }
  if (context.handles.incomingTo(key)) {
    throw new SftpRefusal('FAILURE', 'This file is being written in this session already.');
  }
  const truncates = (flags & openFlags.TRUNCATE) !== 0;
  const asks = !truncates || (flags & openFlags.EXCLUSIVE) !== 0;
  const found = asks ? await headObject({ ...context.store, key }) : undefined;
  if (found && flags & openFlags.EXCLUSIVE) throw new SftpRefusal('FAILURE', 'There is a file of this name already.');
  if (!found && asks && !(flags & openFlags.CREATE)) throw noSuchFile();
  const replacesBytes = truncates ? 0 : (found?.sizeBytes ?? 0);
  return withSlot(context, () => ({
    kind: 'incoming',
    key,
    folder,
    file: createIncomingFile(context.store, key, { maxBytes: context.maxFileBytes, replacesBytes }),
    openedMs: performance.now(),
  }));
}

function withSlot({ slots, handles }: SessionContext, open: () => Incoming | Outgoing): string {
  slots.take();
  let handle: Incoming | Outgoing | undefined;
  try {
    handle = open();
    return handles.add(handle);
  } catch (error) {
    slots.give();
    if (handle?.kind === 'incoming') void handle.file.abort();
    throw error;
  }
}

/** READ. @returns undefined at the end of the file */
export async function readFile(
  context: SessionContext,
  id: string,
  offset: number,
  length: number,
): Promise<Buffer | undefined> {
  const handle = context.handles.get(id);
  if (handle.kind !== 'outgoing') throw new SftpRefusal('FAILURE', 'This file is not open for reading.');
  if (length === 0) return Buffer.alloc(0);
  const data = await handle.file.read(offset, Math.min(length, maxDataBytes));
  handle.sentBytes += data?.length ?? 0;
  return data;
}

/** WRITE. */
export async function writeFile(context: SessionContext, id: string, offset: number, data: Buffer): Promise<void> {
  const handle = context.handles.get(id);
  if (handle.kind !== 'incoming') throw new SftpRefusal('FAILURE', 'This file is not open for writing.');
  await handle.file.write(offset, data);
}

/** CLOSE. A file that was written becomes visible with it, or the client hears that it did not. */
export async function closeHandle(context: SessionContext, id: string): Promise<void> {
  const handle = context.handles.get(id);
  try {
    if (handle.kind === 'incoming') await handle.file.finish();
  } catch (error) {
    end(context, handle, error instanceof SftpRefusal ? error.code : 'FAILURE');
    throw error;
  } finally {
    context.handles.remove(id);
  }
  end(context, handle, 'OK');
}

/** Gives up what is open when a session ends: a file that was not closed leaves nothing. */
export async function abandonHandles(context: SessionContext): Promise<void> {
  for (const handle of context.handles.all()) await abandon(context, handle);
}

/** Gives up what was not used for so long: others wait for its place. */
export async function abandonUnused(context: SessionContext, unusedMs: number): Promise<void> {
  for (const id of context.handles.unusedFor(unusedMs)) {
    const handle = context.handles.get(id);
    context.handles.remove(id);
    await abandon(context, handle);
  }
}

async function abandon(context: SessionContext, handle: OpenHandle): Promise<void> {
  if (handle.kind === 'incoming') await handle.file.abort();
  end(context, handle, 'ABORTED');
}

function end({ slots, report }: SessionContext, handle: OpenHandle, code: Act['code']): void {
  if (handle.kind === 'folder') return;
  slots.give();
  const { kind, folder, openedMs } = handle;
  if (kind === 'outgoing') handle.file.close();
  const bytes = kind === 'incoming' ? handle.file.sizeBytes() : handle.sentBytes;
  const action = kind === 'incoming' ? 'put' : 'get';
  report({ action, folder, code, bytes, tookMs: Math.round(performance.now() - openedMs) });
}

/** FSTAT. Of a file that is being written: its size so far. */
export function attributesOfHandle(context: SessionContext, id: string): Attributes {
  const handle = context.handles.get(id);
  if (handle.kind === 'folder') return handle.entry;
  if (handle.kind === 'incoming') return attributesOfIncoming(handle);
  return fileAttributes(handle.object, handle.folder);
}

export function attributesOfIncoming({ file }: Incoming): Attributes {
  return { isFolder: false, isWritable: true, sizeBytes: file.sizeBytes(), modified: new Date() };
}
