import type { Duplex } from 'node:stream';
import type { Logger } from '../platform/logger';
import { refuseFolderChange, removeFile, renameFile, setAttributes, setHandleAttributes } from './change-requests';
import {
  abandonHandles,
  abandonUnused,
  attributesOfHandle,
  closeHandle,
  openFile,
  readFile,
  writeFile,
} from './file-requests';
import { attributesOf, nextEntries, openFolder } from './folder-requests';
import { requestTypes } from './protocol/codes';
import { readPackets } from './protocol/packet-reader';
import { SftpRefusal } from './protocol/refusal';
import { parseRequest, type Request } from './protocol/requests';
import * as respond from './protocol/responses';
import type { SessionContext } from './session-context';
import { absolutePath } from './virtual-path';
import { waitForRoom } from './wait-for-room';

export interface SessionHooks {
  logger: Logger;
  /** What is open and not used for so long is closed. */
  unusedFilesMs: number;
  /** Called for every request: the session is in use. */
  onRequest(): void;
  /** Called for every answer that is a status. */
  onRefusal(type: Request['type'], code: string): void;
}

/**
 * Serves one session until its channel ends: a request at a time, in order, as OpenSSH's own server does. So nothing
 * overtakes anything, and a client that sends faster than the bucket takes is slowed down by the channel's window.
 * @throws BrokenPacket when the client does not speak the protocol
 */
export async function serveSession(channel: Duplex, context: SessionContext, hooks: SessionHooks): Promise<void> {
  const { unusedFilesMs } = hooks;
  const sweepEveryMs = unusedFilesMs / 10;
  let isCarryingOut = false;
  let sweep = Promise.resolve();
  const sweeps = setInterval(() => {
    if (!isCarryingOut) sweep = sweep.then(() => abandonUnused(context, unusedFilesMs));
  }, sweepEveryMs);
  try {
    let isFirst = true;
    // The channel stays open behind the last packet, for the status with which it ends.
    const chunks = channel.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const packet of readPackets(chunks)) {
      hooks.onRequest();
      isCarryingOut = true;
      const startedMs = performance.now();
      await sweep;
      // Here as well, since a client that always asks something leaves no pause.
      await abandonUnused(context, unusedFilesMs);
      const answer = isFirst ? greet(packet) : await answerTo(packet, context, hooks);
      if (performance.now() - startedMs > sweepEveryMs) context.handles.useAll();
      isCarryingOut = false;
      isFirst = false;
      if (!answer || !channel.writable) return;
      if (!channel.write(answer)) await waitForRoom(channel);
    }
  } finally {
    clearInterval(sweeps);
    await sweep;
    await abandonHandles(context);
  }
}

function greet(packet: Buffer): Buffer | undefined {
  return packet[0] === requestTypes.INIT ? respond.versionResponse() : undefined;
}

async function answerTo(packet: Buffer, context: SessionContext, hooks: SessionHooks): Promise<Buffer> {
  const { id, request } = parseRequest(packet);
  try {
    return await carryOut(id, request, context);
  } catch (error) {
    if (error instanceof SftpRefusal) {
      hooks.onRefusal(request.type, error.code);
      return respond.statusResponse(id, error.code, error.message);
    }
    hooks.onRefusal(request.type, 'FAILURE');
    hooks.logger.error({ err: error, request: request.type }, 'an SFTP request failed');
    return respond.statusResponse(id, 'FAILURE', 'Something went wrong on our side: try again.');
  }
}

async function carryOut(id: number, request: Request, context: SessionContext): Promise<Buffer> {
  const done = (): Buffer => respond.statusResponse(id, 'OK', 'Done.');
  switch (request.type) {
    case 'OPEN':
      return respond.handleResponse(id, await openFile(context, request.path, request.flags));
    case 'CLOSE':
      await closeHandle(context, request.handle);
      return done();
    case 'READ': {
      const data = await readFile(context, request.handle, request.offset, request.length);
      return data ? respond.dataResponse(id, data) : respond.statusResponse(id, 'EOF', 'The file ends here.');
    }
    case 'WRITE':
      await writeFile(context, request.handle, request.offset, request.data);
      return done();
    case 'STAT':
    case 'LSTAT':
      return respond.attributesResponse(id, await attributesOf(context, request.path));
    case 'FSTAT':
      return respond.attributesResponse(id, attributesOfHandle(context, request.handle));
    case 'SETSTAT':
      await setAttributes(context, request.path, request.attributes);
      return done();
    case 'FSETSTAT':
      setHandleAttributes(context, request.handle, request.attributes);
      return done();
    case 'OPENDIR':
      return respond.handleResponse(id, await openFolder(context, request.path));
    case 'READDIR': {
      const entries = await nextEntries(context, request.handle);
      return entries ? respond.namesResponse(id, entries) : respond.statusResponse(id, 'EOF', 'The folder ends here.');
    }
    case 'REMOVE':
      await removeFile(context, request.path);
      return done();
    case 'MKDIR':
    case 'RMDIR':
      return refuseFolderChange(context, request.path);
    case 'REALPATH':
      return respond.pathResponse(id, absolutePath(request.path));
    case 'RENAME':
    case 'POSIX_RENAME':
      await renameFile(context, request.from, request.to, request.type === 'POSIX_RENAME');
      return done();
    case 'LIMITS':
      return respond.limitsResponse(id);
    case 'STATVFS':
      return respond.fileSystemResponse(id);
    case 'READLINK':
    case 'SYMLINK':
      return respond.statusResponse(id, 'OP_UNSUPPORTED', 'There are no links here.');
    case 'UNKNOWN':
      return respond.statusResponse(id, 'OP_UNSUPPORTED', 'This is not served here.');
  }
}
