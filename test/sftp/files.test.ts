import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { sftpFolderPrefix } from '../../src/contracts/sftp-folders';
import { waitFor } from '../../scripts/stack/wait';
import { renameFile } from '../../src/sftp/change-requests';
import { createIncomingFile } from '../../src/sftp/incoming-file';
import { createHandleTable, type SessionContext } from '../../src/sftp/session-context';
import { connect, type TestClient } from './support/sftp-client';
import { openSftpWorld, type SftpUser, type SftpWorld } from './support/sftp-world';

const pending = '/Pending Patient Imports';
const results = '/Patient Import Results';

describe('files over SFTP', function () {
  this.timeout(120_000);
  let world: SftpWorld;
  let user: SftpUser;
  let client: TestClient;

  before(async () => {
    world = await openSftpWorld();
    user = await world.user({ password: 'correct horse battery' });
    client = await open(user);
  });
  after(async () => {
    client?.end();
    await world?.close();
  });

  const open = ({ username, password }: SftpUser): Promise<TestClient> =>
    connect({ port: world.server.port, username, password });
  const stored = (): Promise<Record<string, number>> => world.stored(user.tenant, 'pending');

  it('are not there before they are closed, and say their size so far', async () => {
    const handle = await client.open(`${pending}/a.csv`, 'w');
    await client.write(handle, 0, Buffer.from('one,'));
    assert.equal((await client.fstat(handle)).size, 4);
    assert.equal((await client.stat(`${pending}/a.csv`)).size, 4);
    await client.write(handle, 4, Buffer.from('two'));
    assert.deepEqual(await stored(), {});
    assert.deepEqual(await client.readdir(pending), []);
    await client.close(handle);
    assert.deepEqual(await stored(), { 'a.csv': 7 });
    assert.deepEqual(await client.readdir(pending), ['a.csv']);
    assert.equal((await client.stat(`${pending}/a.csv`)).size, 7);
    await client.remove(`${pending}/a.csv`);
  });

  it('may be empty', async () => {
    await client.close(await client.open(`${pending}/empty.csv`, 'w'));
    assert.deepEqual(await stored(), { 'empty.csv': 0 });
    const handle = await client.open(`${pending}/empty.csv`, 'r');
    assert.equal((await client.read(handle, 0, 10)).length, 0);
    await client.close(handle);
    await client.remove(`${pending}/empty.csv`);
  });

  it('are put together from parts that overtake each other', async () => {
    const content = randomBytes(1_000_000);
    const handle = await client.open(`${pending}/mixed.csv`, 'w');
    const offsets = Array.from({ length: 50 }, (_, index) => index * 20_000);
    const mixed = offsets.map((offset, index) => [(index * 7) % 50, offset] as const).sort(([a], [b]) => a - b);
    await Promise.all(
      mixed.map(([, offset]) => client.write(handle, offset, content.subarray(offset, offset + 20_000))),
    );
    await client.close(handle);
    assert.deepEqual(await world.content(user.tenant, 'pending', 'mixed.csv'), content);

    const back = await client.open(`${pending}/mixed.csv`, 'r');
    for (const [, offset] of mixed) {
      assert.deepEqual(await client.read(back, offset, 20_000), content.subarray(offset, offset + 20_000));
    }
    const end = await client.read(back, 999_990, 30_000);
    assert.deepEqual(end, content.subarray(999_990));
    assert.equal((await client.read(back, 1_000_000, 1)).length, 0);
    await client.close(back);
    await client.remove(`${pending}/mixed.csv`);
  });

  it('are refused with a reason when they are resumed, appended to, changed in places or have gaps', async () => {
    await world.put(user.tenant, 'pending', 'old.csv', 'as it was');
    const cases: [string, string | number, [number, string][], RegExp][] = [
      ['appending', 'a', [], /Appending is not possible/],
      ['resuming far into a file', 2, [[20_000_000, 'x']], /Parts of the file are missing/],
      ['resuming', 2, [[9, ', and more']], /Parts of the file are missing/],
      ['a change at the beginning', 'r+', [[0, 'is']], /Parts of the file are missing/],
      [
        'the same twice',
        'w',
        [
          [0, 'abc'],
          [1, 'b'],
        ],
        /sent twice/,
      ],
    ];
    for (const [what, flags, writes, reason] of cases) {
      const attempt = async (): Promise<void> => {
        const handle = await client.open(`${pending}/old.csv`, flags);
        try {
          for (const [offset, text] of writes) await client.write(handle, offset, Buffer.from(text));
        } catch (error) {
          await client.remove(`${pending}/old.csv`).catch(() => undefined);
          await client.close(handle).catch(() => undefined);
          throw error;
        }
        await client.close(handle);
      };
      await assert.rejects(attempt(), reason, what);
      assert.equal(String(await world.content(user.tenant, 'pending', 'old.csv')), 'as it was', what);
    }
    const far = await client.open(`${pending}/far.csv`, 'w');
    const block = Buffer.alloc(30_000);
    const writes = Array.from({ length: 300 }, (_, index) => client.write(far, 1_000_000 + index * 30_000, block));
    await assert.rejects(Promise.all(writes), /Resuming, appending and writing in places/);
    await Promise.allSettled(writes);
    await assert.rejects(client.close(far), /Resuming, appending and writing in places/);
    await client.remove(`${pending}/old.csv`);
    assert.deepEqual([await stored(), await world.unfinished(user.tenant)], [{}, 0]);
  });

  it('may be opened to be changed without being changed', async () => {
    await world.put(user.tenant, 'pending', 'same.csv', 'as it was');
    await client.close(await client.open(`${pending}/same.csv`, 'r+'));
    assert.equal(String(await world.content(user.tenant, 'pending', 'same.csv')), 'as it was');
    await client.remove(`${pending}/same.csv`);
  });

  it('are renamed onto another only by who asks to replace it', async () => {
    await world.put(user.tenant, 'pending', 'new.csv.filepart', 'new');
    await world.put(user.tenant, 'pending', 'new.csv', 'old');
    const [from, to] = [`${pending}/new.csv.filepart`, `${pending}/new.csv`];
    await assert.rejects(client.rename(from, to), /a file of the new name already/);
    await assert.rejects(client.posixRename(from, `${results}/new.csv`), { code: 3 });
    await assert.rejects(client.rename(from, '/new.csv'), { code: 3 });
    await assert.rejects(client.rename(`${pending}/none.csv`, to), { code: 2 });
    await client.posixRename(from, to);
    assert.deepEqual(await stored(), { 'new.csv': 3 });
    assert.equal(String(await world.content(user.tenant, 'pending', 'new.csv')), 'new');
    await client.remove(to);
  });

  for (const again of ['other', 'first']) {
    it(`stay under the old name when they came there during a rename: ${again}`, async () => {
      await world.put(user.tenant, 'pending', 'old.csv', 'first');
      // Times of objects are in seconds.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const { s3, bucket } = world.stack;
      const send = async (command: Parameters<typeof s3.send>[0]): Promise<unknown> => {
        const answer = await s3.send(command);
        if (command instanceof CopyObjectCommand) await world.put(user.tenant, 'pending', 'old.csv', again);
        return answer;
      };
      const home = { ...user.tenant, folders: ['pending'] as const };
      const context = { store: { s3: { send }, bucket }, home, handles: createHandleTable(), report: () => undefined };
      await renameFile(context as unknown as SessionContext, `${pending}/old.csv`, `${pending}/new.csv`, false);
      assert.equal(String(await world.content(user.tenant, 'pending', 'old.csv')), again);
      assert.equal(String(await world.content(user.tenant, 'pending', 'new.csv')), 'first');
      for (const name of ['old.csv', 'new.csv']) await client.remove(`${pending}/${name}`);
    });
  }

  it('leave nothing behind when the connection breaks, small or large', async () => {
    const other = await open(user);
    const [small, large] = [
      await other.open(`${pending}/small.csv`, 'w'),
      await other.open(`${pending}/large.csv`, 'w'),
    ];
    await other.write(small, 0, Buffer.from('half a fi'));
    const block = Buffer.alloc(30_000, 'x');
    for (let at = 0; at < 20_000_000; at += 300_000) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => other.write(large, at + index * 30_000, block)));
    }
    await waitFor('the first part', async () => (await world.unfinished(user.tenant)) === 1, { timeoutMs: 10_000 });
    // As a cable that is pulled: no farewell of any kind.
    (other.client as unknown as { _sock: { resetAndDestroy(): void } })._sock.resetAndDestroy();
    await waitFor('nothing to be left', async () => (await world.unfinished(user.tenant)) === 0, { timeoutMs: 10_000 });
    assert.deepEqual(await stored(), {});
    assert.match(world.server.output(), /"action":"put","folder":"pending","code":"ABORTED"/);
  });

  it('may be large, in little memory', async () => {
    const memory = async (): Promise<number> => {
      const port = /"metricsPort":(\d+)/.exec(world.server.output())?.[1];
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
    };
    const before = await memory();
    let most = before;
    const watch = setInterval(() => void memory().then((now) => (most = Math.max(most, now))), 100);
    try {
      const block = randomBytes(30_000);
      const inAll = 2_000;
      const each = async (work: (offset: number) => Promise<void>): Promise<void> => {
        for (let at = 0; at < inAll; at += 40) {
          await Promise.all(Array.from({ length: 40 }, (_, index) => work((at + index) * block.length)));
        }
      };
      const there = await client.open(`${pending}/large.csv`, 'w');
      await each((offset) => client.write(there, offset, block));
      await client.close(there);
      assert.deepEqual(await stored(), { 'large.csv': inAll * block.length });
      const back = await client.open(`${pending}/large.csv`, 'r');
      await each(async (offset) => {
        assert.ok((await client.read(back, offset, block.length)).equals(block), `at ${offset}`);
      });
      await client.close(back);
    } finally {
      clearInterval(watch);
    }
    assert.ok(most - before < 120 * 1024 * 1024, `${Math.round((most - before) / 1024 / 1024)} MB more`);
    await client.remove(`${pending}/large.csv`);
  });

  it('are refused when they are larger than allowed, also to who does not look at every answer', async () => {
    const key = `${sftpFolderPrefix(user.tenant, 'pending')}huge.csv`;
    const file = createIncomingFile(world.stack, key, { maxBytes: 10, replacesBytes: 0 });
    await file.write(0, Buffer.from('0123456789'));
    await assert.rejects(file.write(10, Buffer.from('x')), /larger than 10 bytes/);
    await assert.rejects(file.finish(), /larger than 10 bytes/);
    assert.deepEqual(await stored(), {});
  });

  it('are not named in the log', () => {
    const log = world.server.output();
    assert.ok(log.includes('"action":"put"') && log.includes('"action":"rename"'));
    assert.doesNotMatch(log, /\.csv/);
  });

  it('are listed page by page, without what stands deeper', async () => {
    const names = Array.from({ length: 1_205 }, (_, index) => `n${String(index).padStart(5, '0')}.csv`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => world.put(user.tenant, 'results', name, 'x')));
    }
    await world.put(user.tenant, 'results', 'deeper/x.csv', 'x');
    await world.put(user.tenant, 'results', 'größe & mehr+1 %41.csv', 'x');
    const listed = await client.readdir(results);
    assert.deepEqual(listed.sort(), [...names, 'größe & mehr+1 %41.csv'].sort());
    assert.equal((await client.stat(`${results}/größe & mehr+1 %41.csv`)).size, 1);
  });
});
