import { PassThrough } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { createEvenBlocks } from './even-blocks';
import { createInOrder } from './in-order';
import type { Store } from '../platform/read-objects';
import { SftpRefusal } from './protocol/refusal';
import { waitForRoom } from './wait-for-room';

/** S3 takes 10,000 parts: enough for 80 GB. A part that is sent and one that is filled are in memory. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 1;

/** A file on its way from the client into the bucket. There is no object until `finish` has ended well. */
export interface IncomingFile {
  /** Takes a part. It answers when there is room for more, which is what slows a client down that sends too fast. */
  write(offset: number, data: Buffer): Promise<void>;
  /** Bytes so far, without a gap. */
  sizeBytes(): number;
  /** Stores the object. @throws SftpRefusal when a part is missing or the store did not take it; then there is none */
  finish(): Promise<void>;
  /** Leaves nothing behind. Ends when that is so; harmless at any time. */
  abort(): Promise<void>;
}

/**
 * @param options.replacesBytes size of what is there and was not to be truncated: less than that would be a change in place
 */
export function createIncomingFile(
  { s3, bucket }: Store,
  key: string,
  options: { maxBytes: number; replacesBytes: number },
): IncomingFile {
  const order = createInOrder();
  const blocks = createEvenBlocks();
  const body = new PassThrough({ highWaterMark: 1024 * 1024 });
  const upload = new Upload({
    client: s3,
    params: { Bucket: bucket, Key: key, Body: body },
    partSize: partBytes,
    queueSize: partsAtOnce,
  });
  // A body that breaks off makes the SDK remove the parts it has stored.
  body.on('error', () => undefined);
  const stored = upload.done().then(
    () => true,
    () => false,
  );
  void stored.then(() => body.destroy());
  let isOver = false;
  let refusal: unknown;

  const abort = async (): Promise<void> => {
    isOver = true;
    body.destroy(new Error('The transfer was given up'));
    await stored;
  };

  const take = async (offset: number, data: Buffer): Promise<void> => {
    const ready = order.take(offset, data);
    if (order.end() > options.maxBytes) {
      throw new SftpRefusal('FAILURE', `The file is larger than ${options.maxBytes} bytes.`);
    }
    for (const each of ready) {
      for (const block of blocks.add(each)) {
        if (body.destroyed) throw notStored();
        if (!body.write(block)) await waitForRoom(body);
      }
    }
    if (body.destroyed) throw notStored();
  };

  return {
    async write(offset, data) {
      if (isOver) throw refusal ?? notStored();
      try {
        await take(offset, data);
      } catch (error) {
        // Some clients look only at the answer to the last request: the file has to fail as a whole.
        refusal = error;
        await abort();
        throw error;
      }
    },
    sizeBytes: order.end,
    async finish() {
      if (isOver) throw refusal ?? notStored();
      // Opened to be changed, and not changed.
      if (order.end() === 0 && !order.hasGap() && options.replacesBytes > 0) return abort();
      if (order.hasGap() || order.end() < options.replacesBytes) {
        await abort();
        const text = 'Parts of the file are missing, so it was not stored: send the whole file again.';
        throw new SftpRefusal('FAILURE', text);
      }
      isOver = true;
      body.end(blocks.rest());
      if (!(await stored)) throw notStored();
    },
    abort,
  };
}

function notStored(): SftpRefusal {
  return new SftpRefusal('FAILURE', 'The file could not be stored: send it again.');
}
