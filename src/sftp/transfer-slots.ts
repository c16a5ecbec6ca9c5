import { SftpRefusal } from './protocol/refusal';

/** Files that a user may have open for reading or writing. */
export interface TransferSlots {
  /** @throws SftpRefusal when all are taken */
  take(): void;
  give(): void;
}

/**
 * Files that are open for reading or writing, in all sessions of the process, and fewer of them for one user, so that
 * none keeps the others out. A file that comes in holds some 25 MB at most: writes that wait for one before them, and two
 * parts, one filled while the other is sent. One that goes out holds some 8 MB.
 */
export function createTransferSlots(limits: { inAll: number; perUser: number }): {
  of(username: string): TransferSlots;
} {
  const takenBy = new Map<string, number>();
  let inAll = 0;
  return {
    of: (username) => ({
      take() {
        const own = takenBy.get(username) ?? 0;
        if (own >= limits.perUser) {
          throw new SftpRefusal('FAILURE', `You have ${own} files open already: close some first.`);
        }
        if (inAll >= limits.inAll) {
          throw new SftpRefusal('FAILURE', 'The server is busy with other transfers: try again later.');
        }
        takenBy.set(username, own + 1);
        inAll += 1;
      },
      give() {
        const left = (takenBy.get(username) ?? 0) - 1;
        if (left > 0) takenBy.set(username, left);
        else takenBy.delete(username);
        inAll -= 1;
      },
    }),
  };
}
