/** What a connection fails with whose other end is away, by the codes of Node and of PostgreSQL. */
const codes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  // Shut down, crashed, starting; out of connections; the connection was lost.
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006'],
]);

/** A client of AWS that was not answered in time, and a pool that had no connection to give. */
const kinds = new Set(['TimeoutError', 'KnexTimeoutError']);

/** gRPC: a deadline that passed, and a server that cannot be reached. */
const grpcCodes = new Set([4, 14]);

/**
 * Whether an error says that PostgreSQL, S3, SNS or Temporal is away: the same request can do well once it is back. What
 * is wrong with the request or with us is none.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $metadata: answer, cause } = error as AnyError;
  if (typeof code === 'string' && codes.has(code)) return true;
  if (typeof code === 'number' && grpcCodes.has(code)) return true;
  if (kinds.has(error.name) || /^Connection terminated/.test(error.message)) return true;
  if (answer?.httpStatusCode !== undefined && answer.httpStatusCode >= 500) return true;
  return cause !== undefined && isUnavailable(cause);
}

type AnyError = Error & { code?: unknown; $metadata?: { httpStatusCode?: number }; cause?: unknown };
