import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** With a certificate the API speaks TLS, version 1.2 and newer; without one, what stands in front of it has to. */
export function openServer(tls: { certFile: string; keyFile: string } | undefined, listener: RequestListener): Server {
  if (!tls) return createServer(listener);
  const pair = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  return createTlsServer({ ...pair, minVersion: 'TLSv1.2' }, listener);
}
