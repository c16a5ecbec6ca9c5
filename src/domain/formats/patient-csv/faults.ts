import { fileProblem, type FileProblem } from '../../codes';

/*
 * What is wrong with a patient file as a whole, in the words of people who work with spreadsheets: the general sentences
 * of some codes speak of sync files.
 */

export function emptyFile(): FileProblem {
  return { code: 'FILE_EMPTY', message: 'The file is empty: fill in the template and send it again.' };
}

export function headerOnly(line: number): FileProblem {
  return { code: 'FILE_EMPTY', line, message: 'The file has a header row but no patients.' };
}

export function tooLong(line: number, maxBytes: number): FileProblem {
  const message =
    `The row that begins in line ${line} is longer than ${maxBytes} bytes: ` +
    'a quotation mark may be open, or line breaks may be missing.';
  return { code: 'FILE_TOO_LARGE', line, message };
}

export function quoteOpen(line: number): FileProblem {
  return fileProblem('FILE_QUOTE_OPEN', line);
}

export function notCsv(reason: string): FileProblem {
  return fileProblem('FILE_NOT_CSV', undefined, { reason });
}

export function encodingInvalid(line: number): FileProblem {
  const message = `Characters in line ${line} are damaged: save the file as CSV UTF-8 and send it again.`;
  return { code: 'FILE_ENCODING_INVALID', line, message };
}
