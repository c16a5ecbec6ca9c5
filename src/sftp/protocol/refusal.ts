import type { StatusCode } from './codes';

/** A request's no, as the client gets it. The text is for people; it names no file, since logs may keep it. */
export class SftpRefusal extends Error {
  constructor(
    readonly code: Exclude<StatusCode, 'OK'>,
    message: string,
  ) {
    super(message);
    this.name = 'SftpRefusal';
  }
}

export const noSuchFile = (): SftpRefusal => new SftpRefusal('NO_SUCH_FILE', 'There is no such file or folder.');
