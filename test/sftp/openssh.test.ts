import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openOpenSsh, type OpenSsh } from './support/openssh';
import { openSftpWorld, type SftpUser, type SftpWorld } from './support/sftp-world';

const pending = 'Pending Patient Imports';
const results = 'Patient Import Results';

describe('OpenSSH', function () {
  this.timeout(60_000);
  let world: SftpWorld;
  let openssh: OpenSsh;
  let user: SftpUser;

  before(async () => {
    world = await openSftpWorld();
    openssh = openOpenSsh(world.server.port);
    user = await world.user({ publicKey: openssh.publicKey });
  });
  after(async () => {
    openssh?.close();
    await world?.close();
  });

  const local = (name: string, content: Buffer | string): string => {
    const file = path.join(openssh.folder, name);
    writeFileSync(file, content);
    return file;
  };

  it('sees exactly its two folders', async () => {
    const listed = await openssh.sftp(user.username, ['pwd', 'ls -1']);
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, /Remote working directory: \/\n/);
    const names = listed.stdout.split('\n').filter((line) => line && !/^sftp>|^Remote/.test(line));
    assert.deepEqual(names.map((line) => line.trim()).sort(), [results, pending].sort());
  });

  it('puts, lists, gets, renames and removes in Pending', async () => {
    const content = randomBytes(300_000);
    const file = local('Müller list.csv', content);
    const done = await openssh.sftp(user.username, [
      `cd "${pending}"`,
      `put -p "${file}" "a.csv"`,
      `ls -ln a.csv`,
      `rename a.csv "b c.csv"`,
      `get "b c.csv" back.csv`,
      'ls -1',
      'rm "b c.csv"',
      'ls -1',
    ]);
    assert.equal(done.code, 0, done.stderr + done.stdout);
    assert.match(done.stdout, /-rw-r--r-- .* 300000 .* a\.csv/);
    assert.deepEqual(readFileSync(path.join(openssh.folder, 'back.csv')), content);
    assert.deepEqual(await world.stored(user.tenant, 'pending'), {});
  });

  it('copies with scp, there and back', async () => {
    const content = randomBytes(1_500_000);
    const file = local('scp.csv', content);
    const there = await openssh.scp([file, `${user.username}@127.0.0.1:${pending}/scp.csv`]);
    assert.equal(there.code, 0, there.stderr);
    assert.deepEqual(await world.stored(user.tenant, 'pending'), { 'scp.csv': 1_500_000 });
    const back = await openssh.scp([`${user.username}@127.0.0.1:${pending}/scp.csv`, 'scp-back.csv']);
    assert.equal(back.code, 0, back.stderr);
    assert.deepEqual(readFileSync(path.join(openssh.folder, 'scp-back.csv')), content);
  });

  it('may list and get in Results, and nothing else', async () => {
    await world.put(user.tenant, 'results', '2026-01-05_a.csv', 'Result\nCreated\n');
    const file = local('x.csv', 'x');
    const got = await openssh.sftp(user.username, [`cd "${results}"`, 'ls -1', 'get 2026-01-05_a.csv result.csv']);
    assert.equal(got.code, 0, got.stderr);
    assert.equal(readFileSync(path.join(openssh.folder, 'result.csv'), 'utf8'), 'Result\nCreated\n');
    for (const command of [
      'rm 2026-01-05_a.csv',
      `put "${file}" 2026-01-05_a.csv`,
      `put "${file}" new.csv`,
      'rename 2026-01-05_a.csv b.csv',
      `rename 2026-01-05_a.csv "/${pending}/b.csv"`,
      'mkdir sub',
      `rmdir "/${results}"`,
      'chmod 600 2026-01-05_a.csv',
      'ln 2026-01-05_a.csv hard.csv',
      'ln -s 2026-01-05_a.csv soft.csv',
    ]) {
      const refused = await openssh.sftp(user.username, [`cd "${results}"`, command]);
      assert.equal(refused.code, 1, `${command} is refused`);
      assert.match(refused.stderr, /ermission denied|not support|unsupported/i, command);
    }
    assert.deepEqual(await world.stored(user.tenant, 'results'), { '2026-01-05_a.csv': 15 });
  });

  it('logs in with a password, and not with a wrong one', async () => {
    const other = await world.user();
    const right = await openssh.sftp(other.username, ['ls'], { password: other.password });
    assert.equal(right.code, 0, right.stderr);
    const wrong = await openssh.sftp(other.username, ['ls'], { password: `${other.password}x` });
    assert.equal(wrong.code, 255);
    assert.match(wrong.stderr, /Permission denied/);
  });

  it('gets no shell and no command', async () => {
    for (const args of [[], ['ls'], ['-T', 'scp -t /']]) {
      const refused = await openssh.ssh(user.username, args);
      assert.notEqual(refused.code, 0, args.join(' '));
      assert.match(refused.stderr, /request failed|not allowed|failed/i);
    }
  });
});
