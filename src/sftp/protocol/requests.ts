import { requestTypes } from './codes';
import { FieldReader, type SetAttributes } from './field-reader';

/** Undefined: the client sent bytes that are no text. */
type Path = string | undefined;

export type Request =
  | { type: 'OPEN'; path: Path; flags: number }
  | { type: 'CLOSE' | 'FSTAT' | 'READDIR'; handle: string }
  | { type: 'READ'; handle: string; offset: number; length: number }
  | { type: 'WRITE'; handle: string; offset: number; data: Buffer }
  | { type: 'LSTAT' | 'STAT' | 'OPENDIR' | 'REMOVE' | 'MKDIR' | 'RMDIR' | 'REALPATH' | 'READLINK'; path: Path }
  | { type: 'SETSTAT'; path: Path; attributes: SetAttributes }
  | { type: 'FSETSTAT'; handle: string; attributes: SetAttributes }
  | { type: 'RENAME' | 'POSIX_RENAME'; from: Path; to: Path }
  | { type: 'SYMLINK' }
  | { type: 'LIMITS' }
  | { type: 'STATVFS' }
  | { type: 'UNKNOWN' };

const names = new Map<number, keyof typeof requestTypes>(
  Object.entries(requestTypes).map(([name, number]) => [number, name as keyof typeof requestTypes]),
);

/** Takes a packet that follows INIT; gives its number and what it asks. @throws BrokenPacket */
export function parseRequest(packet: Buffer): { id: number; request: Request } {
  const fields = new FieldReader(packet);
  const name = names.get(fields.byte());
  const id = fields.number();
  return { id, request: name ? parseFields(name, fields) : { type: 'UNKNOWN' } };
}

function parseFields(type: keyof typeof requestTypes, fields: FieldReader): Request {
  switch (type) {
    case 'INIT':
      return { type: 'UNKNOWN' };
    case 'OPEN':
      return { type, path: fields.text(), flags: fields.number() };
    case 'CLOSE':
    case 'FSTAT':
    case 'READDIR':
      return { type, handle: handleOf(fields) };
    case 'READ':
      return { type, handle: handleOf(fields), offset: fields.long(), length: fields.number() };
    case 'WRITE':
      return { type, handle: handleOf(fields), offset: fields.long(), data: fields.bytes() };
    case 'LSTAT':
    case 'STAT':
    case 'OPENDIR':
    case 'REMOVE':
    case 'MKDIR':
    case 'RMDIR':
    case 'REALPATH':
    case 'READLINK':
      return { type, path: fields.text() };
    case 'SETSTAT':
      return { type, path: fields.text(), attributes: fields.attributes() };
    case 'FSETSTAT':
      return { type, handle: handleOf(fields), attributes: fields.attributes() };
    case 'RENAME':
      return { type, from: fields.text(), to: fields.text() };
    case 'SYMLINK':
      return { type };
    case 'EXTENDED':
      return parseExtended(fields);
  }
}

function parseExtended(fields: FieldReader): Request {
  const name: string = fields.text() ?? '';
  switch (name) {
    case 'posix-rename@openssh.com':
      return { type: 'POSIX_RENAME', from: fields.text(), to: fields.text() };
    case 'limits@openssh.com':
      return { type: 'LIMITS' };
    case 'statvfs@openssh.com':
    case 'fstatvfs@openssh.com':
      return { type: 'STATVFS' };
    default:
      return { type: 'UNKNOWN' };
  }
}

function handleOf(fields: FieldReader): string {
  return fields.bytes().toString('latin1');
}
