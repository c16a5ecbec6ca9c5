import { doorCodes, type DoorCode } from '../domain/codes';

/** Codes of files and of this API that a request may be answered with, beside the door codes of the catalogue. */
const ownStatuses: Readonly<Record<string, number>> = {
  FILE_ENTITY_UNKNOWN: 400,
  FILE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  RESULTS_NOT_READY: 409,
  UPLOAD_FINISHED: 409,
};

/** A code that is not listed is a mistake of ours, so it reads as one. */
export function httpStatusOf(code: string): number {
  if (Object.hasOwn(doorCodes, code)) return doorCodes[code as DoorCode].httpStatus;
  return ownStatuses[code] ?? 500;
}
