import { readRange, type Store, type StoredObject } from './object-store';

/** Large enough that a file of a gigabyte is some hundred requests, small enough that many readers fit into memory. */
const blockBytes = 2 * 1024 * 1024;
const blocksAhead = 2;

/** A file on its way from the bucket to the client. */
export interface OutgoingFile {
  /** Bytes at an offset, as many as asked for, fewer only at the end of the file; undefined behind it. */
  read(offset: number, length: number): Promise<Buffer | undefined>;
  close(): void;
}

/**
 * Reads an object in blocks, some ahead of the client. Clients ask for small pieces, many at once and not always in
 * order: the block before and those ahead are kept, all others forgotten.
 */
export function createOutgoingFile(store: Store, object: StoredObject & { key: string }): OutgoingFile {
  const blocks = new Map<number, Promise<Buffer>>();
  const closing = new AbortController();
  const blockCount = Math.ceil(object.sizeBytes / blockBytes);

  const fetchBlock = (index: number): Promise<Buffer> => {
    const known = blocks.get(index);
    if (known) return known;
    const from = index * blockBytes;
    const range = { from, to: Math.min(from + blockBytes, object.sizeBytes) };
    const fetched = readRange(store, object, range, closing.signal);
    // Whoever waits for it hears of the failure; the next one asks again.
    fetched.catch(() => blocks.delete(index));
    blocks.set(index, fetched);
    return fetched;
  };

  /** Only for who reads on: a look at the beginning costs one block. */
  const fetchAhead = (index: number): void => {
    for (let ahead = index + 1; ahead <= index + blocksAhead && ahead < blockCount; ahead += 1) {
      void fetchBlock(ahead).catch(() => undefined);
    }
    for (const each of blocks.keys()) if (each < index - 1 || each > index + blocksAhead) blocks.delete(each);
  };

  return {
    async read(offset, length) {
      if (offset >= object.sizeBytes) return undefined;
      const end = Math.min(offset + length, object.sizeBytes);
      const [first, last] = [Math.floor(offset / blockBytes), Math.floor((end - 1) / blockBytes)];
      const wanted: Promise<Buffer>[] = [];
      for (let index = first; index <= last; index += 1) wanted.push(fetchBlock(index));
      if (offset > 0) fetchAhead(last);
      const start = offset - first * blockBytes;
      const found = await Promise.all(wanted);
      return (found.length === 1 ? found[0]! : Buffer.concat(found)).subarray(start, start + end - offset);
    },
    close() {
      closing.abort();
      blocks.clear();
    },
  };
}
