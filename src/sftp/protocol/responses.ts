import { modeOf, type Attributes, type Entry } from './attributes';
import { attributeFlags, responseTypes, statusCodes, type StatusCode } from './codes';
import { maxDataBytes, maxOpenHandles, maxPacketBytes } from './limits';
import { longName } from './long-name';

/** The answer to INIT: version 3 and the extensions that are served. */
export function versionResponse(): Buffer {
  const extensions = [
    ['posix-rename@openssh.com', '1'],
    ['limits@openssh.com', '1'],
    ['statvfs@openssh.com', '2'],
    ['fstatvfs@openssh.com', '2'],
  ] as const;
  return packet(responseTypes.VERSION, [number(3), ...extensions.flatMap(([name, data]) => [text(name), text(data)])]);
}

export function statusResponse(id: number, code: StatusCode, message = ''): Buffer {
  return packet(responseTypes.STATUS, [number(id), number(statusCodes[code]), text(message), text('en')]);
}

export function handleResponse(id: number, handle: string): Buffer {
  return packet(responseTypes.HANDLE, [number(id), bytes(Buffer.from(handle, 'latin1'))]);
}

export function dataResponse(id: number, data: Buffer): Buffer {
  return packet(responseTypes.DATA, [number(id), bytes(data)]);
}

export function attributesResponse(id: number, attributes: Attributes): Buffer {
  return packet(responseTypes.ATTRS, [number(id), attributeFields(attributes)]);
}

/** Names of a folder, with what `ls -l` would say of them: many clients show that line and nothing else. */
export function namesResponse(id: number, entries: readonly Entry[]): Buffer {
  const fields = entries.flatMap((entry) => [text(entry.name), text(longName(entry)), attributeFields(entry)]);
  return packet(responseTypes.NAME, [number(id), number(entries.length), ...fields]);
}

/** A path alone, the answer to REALPATH. */
export function pathResponse(id: number, path: string): Buffer {
  return packet(responseTypes.NAME, [number(id), number(1), text(path), text(path), number(0)]);
}

/** limits@openssh.com: lets OpenSSH send eight times as much in a packet. */
export function limitsResponse(id: number): Buffer {
  const limits = [maxPacketBytes, maxDataBytes, maxDataBytes, maxOpenHandles].map(long);
  return packet(responseTypes.EXTENDED_REPLY, [number(id), ...limits]);
}

/** statvfs@openssh.com, for clients that ask whether a file will fit: there is room. */
export function fileSystemResponse(id: number): Buffer {
  const blockBytes = 1024 * 1024;
  const blocks = 1024 * 1024;
  const longestName = 255;
  const values = [blockBytes, blockBytes, blocks, blocks, blocks, blocks, blocks, blocks, 0, 0, longestName];
  return packet(responseTypes.EXTENDED_REPLY, [number(id), ...values.map(long)]);
}

function attributeFields(attributes: Attributes): Buffer {
  const { SIZE, OWNER, PERMISSIONS, TIMES } = attributeFlags;
  const seconds = Math.min(0xffffffff, Math.max(0, Math.floor(attributes.modified.getTime() / 1000)));
  return Buffer.concat([
    number(SIZE | OWNER | PERMISSIONS | TIMES),
    long(attributes.sizeBytes),
    number(0),
    number(0),
    number(modeOf(attributes)),
    number(seconds),
    number(seconds),
  ]);
}

function packet(type: number, fields: readonly Buffer[]): Buffer {
  const length = fields.reduce((sum, field) => sum + field.length, 1);
  return Buffer.concat([number(length), Buffer.of(type), ...fields], 4 + length);
}

function number(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function long(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
}

function bytes(data: Buffer): Buffer {
  return Buffer.concat([number(data.length), data]);
}

function text(value: string): Buffer {
  return bytes(Buffer.from(value));
}
