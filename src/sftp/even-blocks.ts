const blockBytes = 64 * 1024;

export interface EvenBlocks {
  /** Takes bytes; gives the blocks that are full with them. */
  add(data: Buffer): Buffer[];
  /** What is in the last block. */
  rest(): Buffer;
}

/**
 * Copies bytes into blocks of one size. Some clients write a few bytes at a time, and a buffer for each of them takes
 * hundreds of times their memory.
 */
export function createEvenBlocks(): EvenBlocks {
  let block = Buffer.allocUnsafeSlow(blockBytes);
  let used = 0;
  return {
    add(data) {
      const full: Buffer[] = [];
      for (let at = 0; at < data.length;) {
        const copied = data.copy(block, used, at);
        at += copied;
        used += copied;
        if (used < blockBytes) break;
        full.push(block);
        block = Buffer.allocUnsafeSlow(blockBytes);
        used = 0;
      }
      return full;
    },
    rest: () => block.subarray(0, used),
  };
}
