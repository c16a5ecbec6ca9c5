import { SftpRefusal } from './protocol/refusal';

/** What may wait for the part before it: clients have up to 64 writes under way at once, some of which overtake others. */
export const maxWaitingBytes = 8 * 1024 * 1024;
/** Small writes cost more memory than they have bytes. */
export const maxWaitingWrites = 1_024;

export interface InOrder {
  /**
   * Takes a write; gives the buffers that now follow what was given before.
   * @throws SftpRefusal for a write that is not part of sending a file from its beginning to its end
   */
  take(offset: number, data: Buffer): Buffer[];
  /** Where what was given ends. */
  end(): number;
  /** Whether something waits for a part that has not come. */
  hasGap(): boolean;
}

/**
 * Puts writes into order. An object cannot be changed in places, so a file is sent whole; writes that overtake each other
 * on the way wait here, a few megabytes of them.
 */
export function createInOrder(): InOrder {
  const waiting = new Map<number, Buffer>();
  let waitingBytes = 0;
  let end = 0;
  return {
    take(offset, data) {
      if (data.length === 0) return [];
      if (offset < end || waiting.has(offset)) {
        throw new SftpRefusal('FAILURE', 'A part of the file was sent twice: files are written once, from the start.');
      }
      const isFull = waiting.size >= maxWaitingWrites || waitingBytes + data.length > maxWaitingBytes;
      if (offset > end && isFull) {
        const text = 'Resuming, appending and writing in places are not possible here: send the whole file again.';
        throw new SftpRefusal('FAILURE', text);
      }
      waiting.set(offset, offset > end ? copyOf(data) : data);
      waitingBytes += data.length;
      const ready: Buffer[] = [];
      for (let next = waiting.get(end); next; next = waiting.get(end)) {
        waiting.delete(end);
        waitingBytes -= next.length;
        end += next.length;
        ready.push(next);
      }
      return ready;
    },
    end: () => end,
    hasGap: () => waiting.size > 0,
  };
}

/** What waits would otherwise keep the whole packet that it came in. */
function copyOf(data: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(data.length);
  data.copy(copy);
  return copy;
}
