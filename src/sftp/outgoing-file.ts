import { PassThrough, pipeline, type Readable } from 'node:stream';
import { ObjectChanged, openObject, type Store, type StoredObject } from '../platform/read-objects';
import { SftpRefusal } from './protocol/refusal';

/** What is read ahead of the client, and what is kept behind it. */
const aheadBytes = 1024 * 1024;
const behindBytes = 2 * 1024 * 1024;
/** A read further ahead than this begins a request of its own; clients have some 2 MB of reads under way at once. */
const skipBytes = 4 * 1024 * 1024;
/** Requests that may break off one after another without a byte. */
const triesAllowed = 3;

/** A file on its way from the bucket to the client. Reads come one at a time. */
export interface OutgoingFile {
  /** Bytes at an offset, as many as asked for, fewer only at the end of the file; undefined behind it. */
  read(offset: number, length: number): Promise<Buffer | undefined>;
  close(): void;
}

/**
 * Reads an object front to back with one request, and at the pace of the client. Small reads that overtake each other
 * are served from what is kept; one that leads elsewhere begins a new request there. A request that breaks off, as those
 * of slow clients do, is taken up where it stopped.
 */
export function createOutgoingFile(store: Store, object: StoredObject & { key: string }): OutgoingFile {
  let kept: Buffer[] = [];
  let keptFrom = 0;
  let position = 0;
  let source: { stream: Readable; chunks: AsyncIterator<Buffer> } | undefined;

  const leave = (): void => {
    source?.stream.destroy();
    source = undefined;
  };
  const goTo = (offset: number): void => {
    leave();
    kept = [];
    keptFrom = offset;
    position = offset;
  };
  const fetchMore = async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        source ??= await open(store, object, position);
        const { done, value } = await source.chunks.next();
        if (done) throw new Error('The store gave less than the object');
        kept.push(value);
        position += value.length;
        return;
      } catch (error) {
        leave();
        if (error instanceof SftpRefusal || tries === triesAllowed) throw error;
      }
    }
  };
  const forgetBefore = (offset: number): void => {
    for (let first = kept[0]; first && keptFrom + first.length <= offset; first = kept[0]) {
      kept.shift();
      keptFrom += first.length;
    }
  };

  return {
    async read(offset, length) {
      if (offset >= object.sizeBytes) return undefined;
      const end = Math.min(offset + length, object.sizeBytes);
      if (offset < keptFrom || offset > position + skipBytes) goTo(offset);
      while (position < end) await fetchMore();
      const found = cut(kept, offset - keptFrom, end - offset);
      forgetBefore(offset - behindBytes);
      return found;
    },
    close() {
      goTo(0);
    },
  };
}

async function open(
  store: Store,
  object: StoredObject & { key: string },
  from: number,
): Promise<{ stream: Readable; chunks: AsyncIterator<Buffer> }> {
  const { stream: body } = await openObject({ ...store, key: object.key }, object.etag, { from }).catch(
    (error: unknown) => {
      if (!(error instanceof ObjectChanged)) throw error;
      throw new SftpRefusal('FAILURE', 'The file was replaced or removed while it was read: read it again.');
    },
  );
  const stream = pipeline(body, new PassThrough({ highWaterMark: aheadBytes }), () => undefined);
  return { stream, chunks: (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]() };
}

function cut(buffers: readonly Buffer[], from: number, length: number): Buffer {
  const parts: Buffer[] = [];
  let [skip, left] = [from, length];
  for (const buffer of buffers) {
    if (left === 0) break;
    const part = buffer.subarray(Math.min(skip, buffer.length), Math.min(skip + left, buffer.length));
    skip = Math.max(0, skip - buffer.length);
    left -= part.length;
    if (part.length > 0) parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
}
