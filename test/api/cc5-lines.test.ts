import assert from 'node:assert/strict';
import { keepListed, mergeCc5, type Cc5Part } from '../../src/api/cc5-lines';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* rising(numbers: readonly number[]): AsyncGenerator<number> {
  yield* numbers;
}

async function merge(...parts: Cc5Part[]): Promise<string> {
  const output: Buffer[] = [];
  async function* all(): AsyncGenerator<Cc5Part> {
    yield* parts;
  }
  for await (const bytes of mergeCc5(all())) output.push(bytes);
  return Buffer.concat(output).toString();
}

const header = '00|A|cc5|2026|r\n01|wks_family|w|b|cc-family|\n02|entityId\n03|entityId:string|name:string\n';
const file = `${header}10|F-1|Ana|\n10|only\n90|F-2\n99|3\n`;

describe('a sync file made of lines', () => {
  for (const size of [1, 2, 7, 1000]) {
    it(`comes back as it was when all lines are kept, read ${size} bytes at a time`, async () => {
      assert.equal(await merge({ source: pieces(file, size), keeps: null }), file);
    });
  }

  it('holds only the listed lines, malformed ones unchanged, and their number', async () => {
    const keeps = keepListed(rising([6, 7]));
    assert.equal(await merge({ source: pieces(file, 5), keeps }), `${header}10|only\n90|F-2\n99|2\n`);
  });

  it('is whole when nothing is listed', async () => {
    assert.equal(await merge({ source: pieces(file, 5), keeps: keepListed(rising([])) }), `${header}99|0\n`);
  });

  it('has one header when several files are put together', async () => {
    const parts = [file, file].map((text) => ({ source: pieces(text, 9), keeps: keepListed(rising([5])) }));
    assert.equal(await merge(...parts), `${header}10|F-1|Ana|\n10|F-1|Ana|\n99|2\n`);
  });

  it('loses byte order mark, carriage returns and blank lines, and may end without a line end', async () => {
    const windows = `\uFEFF${file.replaceAll('\n', '\r\n')}\r\n`.trimEnd();
    assert.equal(await merge({ source: pieces(windows, 4), keeps: null }), file);
  });
});
