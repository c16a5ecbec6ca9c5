import { SftpRefusal } from './protocol/refusal';

/** Files that are open for reading or writing, in all sessions of the process: each holds some 30 MB at most. */
export interface TransferSlots {
  /** @throws SftpRefusal when all are taken */
  take(): void;
  give(): void;
}

export function createTransferSlots(most: number): TransferSlots {
  let taken = 0;
  return {
    take() {
      if (taken >= most) throw new SftpRefusal('FAILURE', 'The server is busy with other transfers: try again later.');
      taken += 1;
    },
    give: () => void (taken -= 1),
  };
}
