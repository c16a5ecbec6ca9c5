import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  contentType: string;
  /** Everything there is to tell, in Prometheus' text format. */
  text(): Promise<string>;
}

const sourceTimeoutMs = 2_000;

/**
 * The metrics of one process.
 * @param sources addresses of further metrics of this process, which are passed on; one that does not answer is left out
 */
export function createMetrics(sources: readonly string[] = []): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    contentType: registry.contentType,
    async text() {
      const [own, ...others] = await Promise.all([registry.metrics(), ...sources.map(readSource)]);
      return [own, ...others].join('\n');
    },
  };
}

async function readSource(address: string): Promise<string> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(sourceTimeoutMs) });
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics` on a port of its own, which stays within the cluster.
 * @param isReady for a process without HTTP of its own: also serves `GET /health` and `GET /ready` then
 */
export async function serveMetrics(
  metrics: Metrics,
  place: { host: string; port: number },
  isReady?: () => Promise<boolean>,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (isReady && request.method === 'GET' && (request.url === '/health' || request.url === '/ready')) {
      const asked = request.url === '/ready' ? isReady() : Promise.resolve(true);
      return void asked.then(
        (ready) => response.writeHead(ready ? 200 : 503).end(),
        () => response.writeHead(503).end(),
      );
    }
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(place.port, place.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Remembers what `read` gave for a while, so that scrapes do not add up to load. While a reading is under way, or when
 * one fails or takes too long, the last one is given; undefined when there has never been one.
 */
export function createCachedReading<T>(
  read: () => Promise<T>,
  options: { keepMs: number; timeoutMs: number },
): () => Promise<T | undefined> {
  let last: T | undefined;
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  return async () => {
    if (!reading && performance.now() - readAt > options.keepMs) {
      reading = read()
        .then(
          (value) => {
            last = value;
          },
          () => {
            last = undefined;
          },
        )
        .finally(() => {
          readAt = performance.now();
          reading = undefined;
        });
    }
    const patience = new Promise<void>((resolve) => setTimeout(resolve, options.timeoutMs).unref());
    await Promise.race([reading, patience]);
    return last;
  };
}
