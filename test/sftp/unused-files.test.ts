import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { waitFor } from '../../scripts/stack/wait';
import { openFlags, requestTypes, responseTypes } from '../../src/sftp/protocol/codes';
import { serveSession } from '../../src/sftp/serve-session';
import { createHandleTable, type Act, type SessionContext } from '../../src/sftp/session-context';
import { createTransferSlots } from '../../src/sftp/transfer-slots';
import { createLogger } from '../../src/platform/logger';
import { useStack } from '../support/stack';

const unusedFilesMs = 1_000;

/** A client on a plain stream. */
function openChannel(): { channel: Duplex; ask(type: number, ...fields: Buffer[]): Promise<Buffer> } {
  const answers: Buffer[] = [];
  let asked = 0;
  const channel = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      answers.push(chunk.subarray(4));
      done();
    },
  });
  return {
    channel,
    async ask(type, ...fields) {
      channel.push(field(Buffer.concat([Buffer.of(type, 0, 0, 0, 3), ...fields])));
      const index = asked;
      asked += 1;
      await waitFor('an answer', async () => answers.length > index, { timeoutMs: 10_000 });
      return answers[index]!;
    },
  };
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(bytes: Buffer | string): Buffer {
  return Buffer.concat([number(Buffer.byteLength(bytes)), Buffer.from(bytes as string)]);
}

describe('files that a client has open over SFTP and does not use', () => {
  it('are given up, with their place, and no others', async () => {
    const { s3, bucket } = await useStack();
    const slots = createTransferSlots({ inAll: 2, perUser: 2 });
    const acts: Act[] = [];
    const context: SessionContext = {
      store: { s3, bucket },
      home: { workspaceId: 'unused-files', bucketId: 'bk', folders: ['pending'] },
      maxFileBytes: 1_000,
      slots: slots.of('one'),
      handles: createHandleTable(),
      since: new Date(),
      report: (act) => acts.push(act),
    };
    const { channel, ask } = openChannel();
    const logger = createLogger({ level: 'silent', name: 'test' });
    const hooks = { logger, unusedFilesMs, onRequest: () => undefined, onRefusal: () => undefined };
    const served = serveSession(channel, context, hooks);
    await ask(requestTypes.INIT);
    const open = async (name: string): Promise<Buffer> => {
      const flags = number(openFlags.WRITE | openFlags.CREATE | openFlags.TRUNCATE);
      const answer = await ask(requestTypes.OPEN, field(`/Pending Patient Imports/${name}`), flags, number(0));
      assert.equal(answer[0], responseTypes.HANDLE);
      return answer.subarray(5);
    };
    const [used, unused] = [await open('used.csv'), await open('unused.csv')];
    assert.throws(() => slots.of('other').take(), { code: 'FAILURE' });

    let answer: Buffer;
    do {
      answer = await ask(requestTypes.FSTAT, used);
      assert.equal(answer[0], responseTypes.ATTRS);
    } while (acts.length === 0);
    assert.deepEqual(
      acts.map(({ action, code }) => [action, code]),
      [['put', 'ABORTED']],
    );
    slots.of('other').take();
    for (const type of [requestTypes.FSTAT, requestTypes.CLOSE]) {
      answer = await ask(type, unused);
      assert.deepEqual([answer[0], answer.readUInt32BE(5)], [responseTypes.STATUS, 4]);
      assert.match(String(answer), /closed since it was not used/);
    }
    // The other one, with nobody asking any more: the clock alone ends it.
    await waitFor('the other one to end', async () => acts.length === 2, { timeoutMs: 10_000 });
    channel.push(null);
    await served;
    assert.equal(acts.length, 2);
  });
});
