import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Request, RequestHandler } from 'express';
import { Refusal } from '../doors/refusal';

/*
 * Express's own parsers read a body that is too large to its end before they say so: 2 GB are not kept, but waited for.
 * These stop at the limit.
 */

const tooLarge = 'The body is too large. Split it, or send the records as a file.';

/** Puts the bytes of the body into `req.body`; without a body there is none. @throws Refusal BATCH_TOO_LARGE */
export function rawBody(limitBytes: number, message = tooLarge): RequestHandler {
  return async (req, _res, next) => {
    const bytes = await readBody(req, limitBytes, message);
    if (bytes.length > 0) req.body = bytes;
    next();
  };
}

/** Puts what the body says in JSON into `req.body`. @throws Refusal BATCH_TOO_LARGE or INVALID_REQUEST */
export function jsonBody(limitBytes: number): RequestHandler {
  return async (req, _res, next) => {
    const bytes = await readBody(req, limitBytes, tooLarge);
    if (bytes.length > 0) req.body = parseJson(bytes.toString('utf8'));
    next();
  };
}

function readBody(req: Request, limitBytes: number, message: string): Promise<Buffer> {
  if (Number(req.get('Content-Length') ?? 0) > limitBytes) throw new Refusal('BATCH_TOO_LARGE', message);
  const unpack = unpackerOf(req);
  const source: Readable = unpack ? req.pipe(unpack) : req;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const take = (piece: Buffer): void => {
      size += piece.length;
      pieces.push(piece);
      if (size > limitBytes) done(() => reject(new Refusal('BATCH_TOO_LARGE', message)));
    };
    const end = (): void => done(() => resolve(Buffer.concat(pieces)));
    const cut = (): void => done(() => reject(new Refusal('INVALID_REQUEST', 'The body cannot be read to its end.')));
    const gone = (): void => (req.complete ? undefined : cut());
    const done = (settle: () => void): void => {
      source.off('data', take).off('end', end).off('error', cut);
      req.off('error', cut).off('close', gone).pause();
      if (unpack) {
        req.unpipe(unpack);
        // It may still find fault with what it was given.
        unpack.on('error', () => undefined).destroy();
      }
      settle();
    };
    source.on('data', take).on('end', end).on('error', cut);
    req.on('error', cut).on('close', gone);
  });
}

/** The limit holds for what comes out of it. */
function unpackerOf(req: Request): Transform | undefined {
  switch (req.get('Content-Encoding') ?? 'identity') {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new Refusal('INVALID_REQUEST', 'Content-Encoding: gzip, deflate or br.');
  }
}

function parseJson(text: string): unknown {
  try {
    // A byte order mark is white space to those who write it.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Refusal('INVALID_REQUEST', 'The body is not valid JSON.');
  }
}
