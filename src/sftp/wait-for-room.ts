import type { Writable } from 'node:stream';

/** Ends when a stream that was written to has room again, or will never have. */
export function waitForRoom(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
    if (stream.destroyed) done();
  });
}
