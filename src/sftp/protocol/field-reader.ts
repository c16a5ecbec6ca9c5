import { attributeFlags } from './codes';
import { BrokenPacket } from './packet-reader';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface SetAttributes {
  /** Present when the client wants the file to have this size. */
  size?: number;
}

/** Reads the fields of one packet, front to back. @throws BrokenPacket where the packet is shorter than its fields. */
export class FieldReader {
  private at = 0;

  constructor(private readonly packet: Buffer) {}

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  number(): number {
    return this.take(4).readUInt32BE(0);
  }

  /** Offsets and sizes; beyond what a number holds exactly there is no file. */
  long(): number {
    const value = this.take(8).readBigUInt64BE(0);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
  }

  bytes(): Buffer {
    return this.take(this.number());
  }

  /** Undefined for bytes that are no UTF-8. */
  text(): string | undefined {
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch {
      return undefined;
    }
  }

  attributes(): SetAttributes {
    const flags = this.number();
    const size = flags & attributeFlags.SIZE ? this.long() : undefined;
    if (flags & attributeFlags.OWNER) this.take(8);
    if (flags & attributeFlags.PERMISSIONS) this.take(4);
    if (flags & attributeFlags.TIMES) this.take(8);
    if (flags & attributeFlags.EXTENDED) {
      for (let left = this.number(); left > 0; left -= 1) {
        this.bytes();
        this.bytes();
      }
    }
    return size === undefined ? {} : { size };
  }

  private take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.packet.length) throw new BrokenPacket('A packet is shorter than its fields');
    const taken = this.packet.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}
