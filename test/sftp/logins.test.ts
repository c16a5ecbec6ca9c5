import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { Client } from 'ssh2';
import { waitFor } from '../../scripts/stack/wait';
import { endSftpUser, rotateSftpUser } from '../../src/doors/sftp-users';
import { openOpenSsh, type OpenSsh } from './support/openssh';
import { anotherAddress, connect, login } from './support/sftp-client';
import { openSftpWorld, type SftpUser, type SftpWorld } from './support/sftp-world';

/** A thousand take a minute on a busy machine: SFTP_GUESSES=1000. */
const guesses = Number(process.env.SFTP_GUESSES ?? 60);

describe('logins over SFTP', function () {
  this.timeout(120_000);
  let world: SftpWorld;
  let openssh: OpenSsh;
  let user: SftpUser;

  before(async function () {
    // Other systems have one address of loopback unless they are told.
    if (process.platform !== 'linux') return this.skip();
    world = await openSftpWorld({ CAREWAY_SFTP_CONNECTIONS_PER_ADDRESS: '10' });
    openssh = openOpenSsh(world.server.port);
    user = await world.user({ password: 'correct horse battery' });
  });
  after(async () => {
    openssh?.close();
    await world?.close();
  });

  const enter = async (of: SftpUser, password: string, localAddress: string): Promise<void> => {
    const client = await login({ port: world.server.port, username: of.username, password, localAddress });
    await new Promise<void>((resolve) => client.once('close', () => resolve()).end());
  };
  const isRefused = { level: 'client-authentication' };

  /** Tries passwords over one connection, as many as it lets; gives how many were answered. */
  const guess = (username: string, localAddress: string, most: number): Promise<number> =>
    new Promise((resolve) => {
      let tried = 0;
      const client = new Client();
      const next = (): object | false => {
        if (tried >= most) return false;
        tried += 1;
        return { type: 'password', username, password: `wrong ${randomUUID()}` };
      };
      client.once('ready', () => assert.fail('a wrong password got in'));
      client.on('error', () => undefined).once('close', () => resolve(tried));
      const authHandler = ((_left: unknown, _partial: unknown, take: (method: object | false) => void) =>
        take(next())) as never;
      client.connect({ host: '127.0.0.1', port: world.server.port, username, localAddress, authHandler });
    });

  it('are locked after five wrong passwords, from that address only, and for that user only', async () => {
    const attacker = anotherAddress();
    for (let count = 0; count < 5; count += 1) await assert.rejects(enter(user, `no ${count}`, attacker), isRefused);
    await assert.rejects(enter(user, user.password, attacker), isRefused);
    await enter(user, user.password, anotherAddress());
    await enter(await world.user({ password: 'another good one' }), 'another good one', attacker);
  });

  it('are not had by many wrong passwords, nor slowed by them', async () => {
    const here = anotherAddress();
    const timed = async (): Promise<number> => {
      const startedMs = performance.now();
      await enter(user, user.password, here);
      return performance.now() - startedMs;
    };
    const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const quiet = median([await timed(), await timed(), await timed()]);

    const attacker = anotherAddress();
    let tried = 0;
    let isOver = false;
    const attack = async (): Promise<void> => {
      while (tried < guesses) tried += await guess(user.username, attacker, 6);
    };
    const attacks = Promise.all([attack(), attack(), attack()]).finally(() => (isOver = true));
    const times: number[] = [];
    while (!isOver) {
      times.push(await timed());
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await attacks;
    assert.ok(tried >= guesses, String(tried));
    // Each handshake of the attack costs a processor some time; waiting behind guesses would cost minutes.
    assert.ok(median(times) < quiet + 2_000, `${median(times)} ms in the attack, ${quiet} ms before`);
  });

  it('take the same time for a wrong password and an unknown user', async () => {
    const timed = async (username: string): Promise<number> => {
      const startedMs = performance.now();
      await guess(username, anotherAddress(), 1);
      return performance.now() - startedMs;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    const byKey = await world.user({ publicKey: openssh.publicKey });
    const keyOnly: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      known.push(await timed(user.username));
      unknown.push(await timed(`nobody-${count}`));
      keyOnly.push(await timed(byKey.username));
    }
    // Without the check they would take a tenth.
    const least = Math.min(...known);
    assert.ok(Math.min(...unknown) > least * 0.5, `${Math.min(...unknown)} ms, ${least} ms for a known user`);
    assert.ok(Math.min(...keyOnly) > least * 0.5, `${Math.min(...keyOnly)} ms, ${least} ms for a user with a password`);
  });

  it('end with the user, and sessions with them', async () => {
    const gone = await world.user();
    const client = await connect({ port: world.server.port, username: gone.username, password: gone.password });
    await client.readdir('/');
    await endSftpUser(world.stack.db, randomUUID(), gone.username);
    await client.ended;
    await assert.rejects(enter(gone, gone.password, anotherAddress()), isRefused);
  });

  it('end with the credentials: the new ones are good, sessions of the old ones end', async () => {
    const changed = await world.user();
    const client = await connect({ port: world.server.port, username: changed.username, password: changed.password });
    const made = await rotateSftpUser(world.stack.db, randomUUID(), changed.username, {});
    await client.ended;
    await assert.rejects(enter(changed, changed.password, anotherAddress()), isRefused);
    await enter(changed, made.password!, anotherAddress());
  });

  it('are counted by connection and by address', async () => {
    const here = anotherAddress();
    const open: Client[] = [];
    const { username, password } = user;
    for (let count = 0; count < 10; count += 1) {
      open.push(await login({ port: world.server.port, username, password, localAddress: here }));
    }
    await assert.rejects(login({ port: world.server.port, username, password, localAddress: here }));
    await enter(user, password, anotherAddress());
    for (const client of open) client.end();
  });

  it('leave half of the connections of an address to who has logged in', async () => {
    const here = anotherAddress();
    const open = [
      await login({ port: world.server.port, username: user.username, password: user.password, localAddress: here }),
    ];
    const strangers: Socket[] = [];
    const isGreeted = async (): Promise<boolean> => {
      const socket = createConnection({ host: '127.0.0.1', port: world.server.port, localAddress: here });
      strangers.push(socket);
      return new Promise((resolve) => {
        socket.on('error', () => undefined);
        socket.once('data', () => resolve(true)).once('close', () => resolve(false));
      });
    };
    for (let count = 0; count < 5; count += 1) assert.equal(await isGreeted(), true, `stranger ${count}`);
    assert.equal(await isGreeted(), false);
    strangers[0]!.destroy();
    await waitFor('a place', isGreeted, { timeoutMs: 10_000 });
    for (const client of [...open, ...strangers]) client.destroy();
  });

  it('use modern algorithms only', async () => {
    const listed = await openssh.sftp('nobody', ['ls'], {
      settings: ['LogLevel=DEBUG2', 'KexAlgorithms=curve25519-sha256'],
    });
    const proposal = listed.stderr.slice(listed.stderr.indexOf('peer server KEXINIT proposal'));
    assert.match(proposal, /host key algorithms: ssh-ed25519,rsa-sha2-512,rsa-sha2-256\r?\n/);
    assert.doesNotMatch(proposal.slice(0, 1_500), /sha1|cbc|md5|arcfour|group1-|group-exchange|zlib|ssh-rsa|ssh-dss/);
    for (const setting of [
      'HostKeyAlgorithms=ssh-rsa',
      'KexAlgorithms=diffie-hellman-group14-sha1',
      'Ciphers=aes128-cbc',
      'MACs=hmac-sha1',
    ]) {
      const isCipher = setting.startsWith('MACs') ? ['Ciphers=aes128-ctr'] : [];
      const refused = await openssh.sftp(user.username, ['ls'], { settings: ['LogLevel=INFO', setting, ...isCipher] });
      assert.match(refused.stderr, /no matching|Unable to negotiate/i, `${setting}: ${refused.stderr}`);
    }
    const other = await world.user({ publicKey: openssh.publicKey });
    for (const type of ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']) {
      const settings = [`HostKeyAlgorithms=${type}`, `UserKnownHostsFile=${path.join(openssh.folder, type)}`];
      const listing = await openssh.sftp(other.username, ['ls'], { settings });
      assert.equal(listing.code, 0, listing.stderr);
    }
  });

  it('take a signature of RSA with SHA-2, and none with SHA-1', async () => {
    const file = path.join(openssh.folder, 'id_rsa');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', file]);
    const other = await world.user({ publicKey: readFileSync(`${file}.pub`, 'utf8') });
    for (const [algorithm, code] of [
      ['rsa-sha2-256', 0],
      ['ssh-rsa', 255],
    ] as const) {
      const settings = [`PubkeyAcceptedAlgorithms=${algorithm}`, `IdentityFile=${file}`];
      const listing = await openssh.sftp(other.username, ['ls'], { settings });
      assert.equal(listing.code, code, `${algorithm}: ${listing.stderr}`);
    }
  });

  it('show the same host key after a restart, from files that nobody else can read', async () => {
    const folder = path.join(world.stack.dataDir, 'sftp-host-keys');
    for (const name of ['ssh_host_ed25519_key', 'ssh_host_rsa_key']) {
      assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o600);
    }
    const fingerprints = (log: string): string => /"fingerprints":\[[^\]]*\]/.exec(log)![0];
    const again = await openSftpWorld();
    assert.equal(fingerprints(again.server.output()), fingerprints(world.server.output()));
    await again.close();
  });

  it('leave no password, key or made-up name in the log', () => {
    const log = world.server.output();
    assert.ok(log.includes('"msg":"SFTP login"'));
    assert.doesNotMatch(log, /correct horse|wrong |nobody-|AAAA|ssh-keygen/);
  });
});
