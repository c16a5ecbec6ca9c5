import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Less than this is taken in faster than a connection is made anew. */
const littleBytes = 64 * 1024;
/** How long a sender that does not listen may go on. */
const lingerMs = 2_000;

/** Whether much of the body, or nobody knows how much, is still on its way. */
export function hasMuchToCome(req: IncomingMessage): boolean {
  if (req.complete) return false;
  const { 'content-length': declared, 'transfer-encoding': encoding } = req.headers;
  return declared === undefined ? encoding !== undefined : Number(declared) > littleBytes;
}

/**
 * Answers while the body is still coming in, and gives the connection up. The answer goes out whole at once, but the
 * connection is closed only when the sender has stopped: closed under bytes that nobody has read, it would take the
 * answer with it. What comes in meanwhile is dropped.
 */
export async function answerEarly(req: IncomingMessage, res: ServerResponse, answer: object): Promise<void> {
  const text = JSON.stringify(answer);
  res.setHeader('Connection', 'close');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
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
