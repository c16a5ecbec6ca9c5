/** HTTP status of every code a door answers with. */
const statuses: Readonly<Record<string, number>> = {
  INVALID_REQUEST: 400,
  FILE_ENTITY_UNKNOWN: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SINGLE_ENTITY_UPLOAD_NOT_PERMITTED: 403,
  NOT_FOUND: 404,
  FILE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  IDEMPOTENCY_CONFLICT: 409,
  RESULTS_NOT_READY: 409,
  UPLOAD_FINISHED: 409,
  BATCH_TOO_LARGE: 413,
  UNAVAILABLE: 503,
};

/** A code that is not listed is a mistake of ours, so it reads as one. */
export function httpStatusOf(code: string): number {
  return statuses[code] ?? 500;
}
