import { createServer } from 'node:net';

/** Ports handed out but perhaps not bound yet: never given twice. */
const taken = new Set<number>();

/** The preferred port when it is free on loopback, else any free one; 0 prefers none. */
export async function pickPort(preferred: number): Promise<number> {
  if (preferred > 0 && !taken.has(preferred) && (await listenOnce(preferred)) !== undefined) {
    taken.add(preferred);
    return preferred;
  }
  for (;;) {
    const port = await listenOnce(0);
    if (port === undefined) throw new Error('No port is free on 127.0.0.1');
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
