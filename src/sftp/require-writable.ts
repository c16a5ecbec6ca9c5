import { sftpFolders } from '../contracts/sftp-folders';
import { maxPatientFileNameBytes } from '../domain/inbox/sftp-names';
import { SftpRefusal } from './protocol/refusal';
import { isWritable, type Place } from './virtual-path';

/** Results are the lasting log of imports (spec patient-import: "cannot be deleted from this folder"). */
export const resultsStay = (): SftpRefusal =>
  new SftpRefusal(
    'PERMISSION_DENIED',
    `Files in "${sftpFolders.results}" can only be listed and downloaded: they are the lasting record of imports.`,
  );

/** Takes where a change is meant to be; gives it when it may be there. @throws SftpRefusal in plain words */
export function requireWritable(place: Place): Extract<Place, { kind: 'file' }> {
  switch (place.kind) {
    case 'root':
    case 'folder':
      throw new SftpRefusal('PERMISSION_DENIED', 'The folders themselves cannot be changed.');
    case 'nowhere':
      throw new SftpRefusal(
        'PERMISSION_DENIED',
        `Files go straight into "${sftpFolders.pending}", under names of letters, digits and usual signs, ` +
          `not longer than ${maxPatientFileNameBytes} bytes.`,
      );
    case 'file':
      if (!isWritable(place.folder)) throw resultsStay();
      return place;
  }
}

/** As `requireWritable`, for the name that a file is to get: one whose results could be shown (`resultsFileName`). */
export function requireNewName(given: Place): Extract<Place, { kind: 'file' }> {
  const place = requireWritable(given);
  if (place.folder === 'pending' && Buffer.byteLength(place.name) > maxPatientFileNameBytes) {
    const text = `The name is longer than ${maxPatientFileNameBytes} bytes: send the file under a shorter one.`;
    throw new SftpRefusal('FAILURE', text);
  }
  return place;
}
