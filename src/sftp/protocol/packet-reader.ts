import { maxPacketBytes } from './limits';

/** What the client sends is not the protocol: the session ends. */
export class BrokenPacket extends Error {}

/**
 * Cuts what arrives into packets: a length of four bytes, then the packet. Memory is bound by the largest packet and the
 * window of the channel: whoever reads slowly slows the client down.
 * @throws BrokenPacket for a length that is none
 */
export async function* readPackets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let buffered = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    buffered += chunk.length;
    // Not joined for every chunk of a large packet: only when it can be whole.
    while (buffered >= 4) {
      const wanted = 4 + lengthOf(parts);
      if (buffered < wanted) break;
      const joined = parts.length === 1 ? parts[0]! : Buffer.concat(parts, buffered);
      yield joined.subarray(4, wanted);
      parts = buffered > wanted ? [joined.subarray(wanted)] : [];
      buffered -= wanted;
    }
  }
}

function lengthOf(parts: readonly Buffer[]): number {
  const [first] = parts as [Buffer];
  const head = first.length >= 4 ? first : Buffer.concat(parts);
  const length = head.readUInt32BE(0);
  if (length === 0 || length > maxPacketBytes) throw new BrokenPacket('The length of a packet is out of range');
  return length;
}
