import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import { httpStatusOf, messageFor } from '../domain/codes';
import { Refusal } from '../doors/refusal';
import type { Logger } from '../platform/logger';
import { answerEarly, hasMuchToCome } from './early-answer';
import { failed } from './envelope';
import { requestIdOf } from './request-log';
import { isUnavailable } from './unavailable';

/** Paths that speak CareCloud's envelope, errors included (data-model B.8). */
const envelopePath = /^\/(appfile|appdata|status)(\/|\?|$)/i;

export const notFound: RequestHandler = () => {
  throw new Refusal('NOT_FOUND', 'There is nothing at this address.');
};

/** The last handler of a path: whoever comes here used a method that the path does not have. */
export function methodNotAllowed(...allowed: readonly string[]): RequestHandler {
  return (_req, res) => {
    res.set('Allow', allowed.join(', '));
    throw new Refusal('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')}.`);
  };
}

/** The one place where an error becomes an answer. */
export function createErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const requestId = requestIdOf(res);
    const refusal = asRefusal(error);
    const status = httpStatusOf(refusal.code);
    if (res.headersSent) {
      // Half an answer went out; cutting the connection is the only way left to say that it is not whole.
      logger.warn({ err: error, requestId }, 'answer cut off');
      res.destroy();
      return;
    }
    if (status >= 500) logger.error({ err: error, requestId }, 'request failed');
    const answer = describeRefusal(refusal, requestId, req.originalUrl);
    res.set(refusal.headers ?? {}).status(status);
    if (hasMuchToCome(req)) void answerEarly(req, res, answer);
    else res.json(answer);
  };
}

const internalError = new Refusal('INTERNAL', messageFor('INTERNAL'));
const unavailable = new Refusal('UNAVAILABLE', messageFor('UNAVAILABLE'), { headers: { 'Retry-After': '5' } });

/** The body of a no, in the words of whoever is asked: CareCloud's envelope or ours. */
export function describeRefusal(
  refusal: Pick<Refusal, 'code' | 'message'> & Partial<Refusal>,
  requestId: string,
  url: string,
): object {
  const { code, message, field, details } = refusal;
  return envelopePath.test(url)
    ? failed(code, message, field)
    : { error: { code, message, field, details, requestId } };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // What Express and its body parser throw: an error with a status and a type, whose message may quote the body.
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (type === 'entity.too.large') {
    return new Refusal('BATCH_TOO_LARGE', 'The body is too large. Split it, or send the records as a file.');
  }
  if (type === 'entity.parse.failed') return new Refusal('INVALID_REQUEST', 'The body is not valid JSON.');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new Refusal('INVALID_REQUEST', 'The request cannot be read.');
  }
  return isUnavailable(error) ? unavailable : internalError;
}
