import assert from 'node:assert/strict';
import { sftpFolderPrefix } from '../../src/contracts/sftp-folders';
import { absolutePath, placeOf, type Home } from '../../src/sftp/virtual-path';
import { connect, type RawSession, type TestClient } from './support/sftp-client';
import { openSftpWorld, type SftpUser, type SftpWorld } from './support/sftp-world';

const pending = '/Pending Patient Imports';
const results = '/Patient Import Results';

describe('paths over SFTP', function () {
  this.timeout(60_000);
  const home: Home = { workspaceId: 'ws', bucketId: 'bk', folders: ['pending', 'results'] };

  for (const [given, absolute] of [
    ['', '/'],
    ['.', '/'],
    ['/..', '/'],
    ['../../../etc/passwd', '/etc/passwd'],
    [`${pending}/../../..`, '/'],
    [`${pending}/./a.csv`, `${pending}/a.csv`],
    [`${pending}/x/../a.csv`, `${pending}/a.csv`],
    [`/${pending}//a.csv/`, `${pending}/a.csv`],
    [`${pending}/..\\..\\a.csv`, `${pending}/..\\..\\a.csv`],
  ] as const) {
    it(`become absolute: ${given || 'none'}`, () => assert.equal(absolutePath(given), absolute));
  }

  for (const [given, leads] of [
    ['/', 'root'],
    ['/..', 'root'],
    [pending, 'folder'],
    [`${results}/../${pending}`, 'folder'],
    ['/CareCloud Uploads', 'nowhere'],
    ['/pending patient imports', 'nowhere'],
    ['/inbox/ws/bk', 'nowhere'],
    [`${pending}/a/b.csv`, 'nowhere'],
    [`${pending}/..\\..\\a.csv`, 'nowhere'],
    [`${pending}/a\nb.csv`, 'nowhere'],
    [`${pending}/${'a'.repeat(256)}`, 'nowhere'],
    [`${pending}/${'ä'.repeat(128)}`, 'nowhere'],
    [`${pending}/%2e%2e%2fx`, 'file'],
    [`${pending}/…`, 'file'],
    [`${pending}/Mu\u0308ller.csv`, 'file'],
  ] as const) {
    it(`lead to ${leads}: ${JSON.stringify(given).slice(0, 60)}`, () => {
      const place = placeOf(home, given);
      assert.equal(place.kind, leads);
      if (place.kind === 'file') {
        assert.equal(place.key, sftpFolderPrefix(home, 'pending') + place.name);
        assert.ok(!place.name.includes('/') && place.name !== '..');
      }
    });
  }

  for (const [what, given] of [
    ['a NUL', `${pending}/a\0b`],
    ['5,000 characters', `${pending}/${'../'.repeat(1700)}`],
    ['bytes that are no text', undefined],
  ] as const) {
    it(`lead nowhere with ${what}`, () => assert.throws(() => placeOf(home, given), { code: 'NO_SUCH_FILE' }));
  }

  describe('on a server', () => {
    let world: SftpWorld;
    let user: SftpUser;
    let client: TestClient;
    let raw: RawSession;

    before(async () => {
      world = await openSftpWorld();
      [user] = [await world.user({ uploads: true })];
      client = await connect({ port: world.server.port, username: user.username, password: user.password });
      raw = await client.raw();
    });
    after(async () => {
      client?.end();
      await world?.close();
    });

    const text = (value: string | Buffer): Buffer => {
      const bytes = Buffer.from(value as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const statusOf = (answer: Buffer): number | undefined => (answer[0] === 101 ? answer.readUInt32BE(5) : undefined);

    it('show three folders to who also uploads, two to others', async () => {
      assert.deepEqual((await client.readdir('/')).sort(), [
        'CareCloud Uploads',
        'Patient Import Results',
        'Pending Patient Imports',
      ]);
      const handle = await client.open('/CareCloud Uploads/a.cc5txt', 'w');
      await client.write(handle, 0, Buffer.from('00|x'));
      await client.close(handle);
      assert.deepEqual(await world.stored(user.tenant, 'uploads'), { 'a.cc5txt': 4 });
    });

    it('never lead to what another tenant has', async () => {
      const other = await world.user();
      await world.put(other.tenant, 'pending', 'theirs.csv', 'x');
      const { workspaceId, bucketId } = other.tenant;
      for (const path of [
        `${pending}/theirs.csv`,
        `/sftp/${workspaceId}/${bucketId}/Pending Patient Imports/theirs.csv`,
        `${pending}/../../${workspaceId}/${bucketId}/Pending Patient Imports/theirs.csv`,
        `/../../${workspaceId}/${bucketId}/Pending Patient Imports/theirs.csv`,
        `${pending}/..%2f..%2f${workspaceId}%2f${bucketId}%2ftheirs.csv`,
        `${pending}/..\\..\\${workspaceId}\\theirs.csv`,
      ]) {
        await assert.rejects(client.open(path, 'r'), { code: 2 }, path);
        await assert.rejects(client.stat(path), { code: 2 }, path);
        await assert.rejects(client.remove(path), /./, path);
        await assert.rejects(client.rename(path, `${pending}/mine.csv`), /./, path);
      }
      assert.deepEqual(await world.stored(other.tenant, 'pending'), { 'theirs.csv': 1 });
      assert.deepEqual(await world.stored(user.tenant, 'pending'), {});
    });

    it('refuse folders, links and files beside the folders', async () => {
      for (const path of ['/x', `${pending}/x`, `${results}/x`, '/CareCloud Uploads/x']) {
        await assert.rejects(client.mkdir(path), { code: 3 }, path);
      }
      for (const path of ['/x.csv', pending, results, `${pending}/a/b.csv`, '/etc/passwd', '/../x.csv']) {
        await assert.rejects(client.open(path, 'w'), { code: 3 }, path);
      }
      await assert.rejects(client.stat('/etc'), { code: 2 });
    });

    it('are refused for names too long to show results of, and lead to such a file that came another way', async () => {
      const [longest, longer] = [`${'a'.repeat(231)}.csv`, `${'ä'.repeat(116)}.csv`];
      await client.close(await client.open(`${pending}/${longest}`, 'w'));
      await assert.rejects(client.open(`${pending}/${longer}`, 'w'), /longer than 235 bytes/);
      await assert.rejects(client.rename(`${pending}/${longest}`, `${pending}/${longer}`), /longer than 235 bytes/);
      await assert.rejects(client.open(`${pending}/${'a'.repeat(300)}`, 'w'), /not longer than 235 bytes/);
      await client.close(await client.open(`/CareCloud Uploads/${longer}`, 'w'));
      await world.put(user.tenant, 'pending', longer, 'x');
      await client.posixRename(`${pending}/${longer}`, `${pending}/${longest}`);
      assert.deepEqual(await world.stored(user.tenant, 'pending'), { [longest]: 1 });
      await client.remove(`${pending}/${longest}`);
    });

    it('are answered at the root', async () => {
      assert.equal(await client.realpath('.'), '/');
      assert.equal(await client.realpath('../../..'), '/');
      assert.equal(await client.realpath('Pending Patient Imports/../x'), '/x');
    });

    it('answers what is odd, and goes on', async () => {
      const version = await raw.ask(Buffer.from([1, 0, 0, 0, 6]));
      assert.deepEqual([version[0], version.readUInt32BE(1)], [2, 3]);
      const id = Buffer.from([0, 0, 0, 9]);
      const packet = (type: number, ...fields: Buffer[]): Buffer => Buffer.concat([Buffer.of(type), id, ...fields]);
      const flags = Buffer.from([0, 0, 0, 0]);
      for (const [what, odd, status] of [
        ['a type that is unknown', packet(99), 8],
        ['a second INIT', Buffer.from([1, 0, 0, 0, 3]), 8],
        ['an extension that is unknown', packet(200, text('copy-data')), 8],
        ['a handle that is not open', packet(4, text('77')), 4],
        ['a name that is no text', packet(17, text(Buffer.from([0xff, 0xfe]))), 2],
        ['a name with a NUL', packet(17, text(`${pending}/a\0`)), 2],
        ['a very long name', packet(17, text(`${pending}/${'a'.repeat(100_000)}`)), 2],
        ['a link', packet(20, text('/etc/passwd'), text(`${pending}/link`)), 8],
        ['a look behind a link', packet(19, text(`${pending}/link`)), 8],
        ['attributes that are unknown', packet(9, text(`${results}`), flags), 3],
        ['a read at the end of the world', packet(5, text('1'), Buffer.alloc(8, 0xff), Buffer.alloc(4, 0xff)), 4],
      ] as const) {
        assert.equal(statusOf(await raw.ask(odd)), status, what);
      }
      const limits = await raw.ask(packet(200, text('limits@openssh.com')));
      assert.deepEqual([limits[0], limits.readBigUInt64BE(5)], [201, 262_144n]);
    });

    for (const [what, broken] of [
      ['is cut short', Buffer.from([3, 0, 0, 0, 1, 0, 0, 0, 99])],
      ['is empty', Buffer.alloc(0)],
    ] as const) {
      it(`ends the connection for a packet that ${what}`, async () => {
        const own = await connect({ port: world.server.port, username: user.username, password: user.password });
        const session = await own.raw();
        await session.ask(Buffer.from([1, 0, 0, 0, 3]));
        await assert.rejects(session.ask(broken));
        await own.ended;
      });
    }

    it('ends the connection for a packet that is too long', async () => {
      const own = await connect({ port: world.server.port, username: user.username, password: user.password });
      const session = await own.raw();
      await session.ask(Buffer.from([1, 0, 0, 0, 3]));
      session.channel.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, 3]));
      await own.ended;
    });

    it('keeps so many files of a user open and no more, and those of others', async () => {
      await world.put(user.tenant, 'pending', 'many.csv', 'x');
      const handles: Buffer[] = [];
      await assert.rejects(async () => {
        for (;;) handles.push(await client.open(`${pending}/many.csv`, 'r'));
      }, /You have 8 files open already/);
      assert.equal(handles.length, 8);
      const { username, password } = await world.user({ tenant: user.tenant });
      const other = await connect({ port: world.server.port, username, password });
      await other.close(await other.open(`${pending}/many.csv`, 'r'));
      other.end();
      for (const handle of handles) await client.close(handle);
      await client.close(await client.open(`${pending}/many.csv`, 'r'));
      await client.remove(`${pending}/many.csv`);
    });
  });
});
