import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, Response } from 'express';

/** Less than this is taken in faster than a connection is made anew. */
const littleBytes = 64 * 1024;
/** How long a sender that does not listen may go on. */
const lingerMs = 2_000;

/** Whether much of the body, or nobody knows how much, is still on its way. */
export function hasMuchToCome(req: Request): boolean {
  if (req.complete) return false;
  const declared = req.get('Content-Length');
  return declared === undefined ? req.get('Transfer-Encoding') !== undefined : Number(declared) > littleBytes;
}

/**
 * Answers while the body is still coming in, and gives the connection up. The answer goes out whole at once, but the
 * connection is closed only when the sender has stopped: closed under bytes that nobody has read, it would take the
 * answer with it. What comes in meanwhile is dropped.
 */
export async function answerEarly(req: Request, res: Response, answer: object): Promise<void> {
  const text = JSON.stringify(answer);
  res.set({ Connection: 'close', 'Content-Length': String(Buffer.byteLength(text)) }).type('json');
  res.write(text);
  const waiting = new AbortController();
  req.resume();
  await Promise.race(
    [once(req, 'close', waiting), once(req, 'end', waiting), pause(lingerMs, undefined, waiting)].map((event) =>
      event.catch(() => undefined),
    ),
  );
  waiting.abort();
  res.end();
}
