import pino, { type Logger } from 'pino';
import { currentLogScope } from './log-scope';

export type { Logger };

/**
 * Structured log on standard output. Lines carry ids and codes; request and response bodies, headers and row values are
 * never handed to it, and what could slip in under these names is cut out.
 */
export function createLogger(options: { level: string; name: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    mixin: currentLogScope,
    redact: {
      paths: ['document', 'values', 'body', 'headers', '*.document', '*.values', '*.body', '*.headers'],
      remove: true,
    },
    serializers: { err: describeError },
  });
}

/**
 * What may be said of an unexpected error: its kind, code and place, and which of our parts did not answer. Messages of
 * drivers may quote values, so they stay out.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = 'code' in error ? String(error.code) : undefined;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6);
  const { address, port } = error as { address?: unknown; port?: unknown };
  const peer = typeof port === 'number' ? `${String(address)}:${port}` : undefined;
  return { kind: error.name, code, peer, at: frames?.map((line) => line.trim()) };
}
