import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to connections that go out (32768 and above on Linux): none of those takes the port
 * between being found and being listened on.
 */
const [lowest, beyond] = [20_000, 32_000];

/** Ports handed out but perhaps not listened on yet: never given twice. */
const handedOut = new Set<number>();

/** The preferred port when it is free on loopback, else any free one; 0 prefers none. @throws Error when none is found */
export async function pickPort(preferred = 0): Promise<number> {
  if (preferred > 0 && (await handOut(preferred))) return preferred;
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    const port = randomInt(lowest, beyond);
    if (await handOut(port)) return port;
  }
  throw new Error(`No port between ${lowest} and ${beyond} is free on 127.0.0.1`);
}

async function handOut(port: number): Promise<boolean> {
  if (handedOut.has(port)) return false;
  handedOut.add(port);
  const isFree = await canListen(port);
  if (!isFree) handedOut.delete(port);
  return isFree;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
