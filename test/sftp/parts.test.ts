import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { createConnectionGate } from '../../src/sftp/connection-gate';
import { createEvenBlocks } from '../../src/sftp/even-blocks';
import { createFairQueue } from '../../src/sftp/fair-queue';
import { createInOrder, maxWaitingBytes, maxWaitingWrites } from '../../src/sftp/in-order';
import { createLoginLocks } from '../../src/sftp/login-locks';
import { networkOf } from '../../src/sftp/network-of';
import { longName } from '../../src/sftp/protocol/long-name';
import { BrokenPacket, readPackets } from '../../src/sftp/protocol/packet-reader';
import { createTransferSlots } from '../../src/sftp/transfer-slots';
import { hashPassword, isPassword } from '../../src/platform/password-hash';
import { fingerprintOf, readPublicKey } from '../../src/platform/ssh-public-key';

async function* chunksOf(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function packetsOf(...chunks: Buffer[]): Promise<string[]> {
  const packets: string[] = [];
  for await (const packet of readPackets(chunksOf(...chunks))) packets.push(String(packet));
  return packets;
}

describe('parts of the SFTP server', () => {
  const stream = Buffer.from('\0\0\0\x03one\0\0\0\x03two\0\0\0\x05three');

  it('cut a stream into packets, however it arrives', async () => {
    const wanted = ['one', 'two', 'three'];
    assert.deepEqual(await packetsOf(stream), wanted);
    assert.deepEqual(await packetsOf(...[...stream].map((byte) => Buffer.of(byte))), wanted);
    for (let at = 1; at < stream.length; at += 1) {
      assert.deepEqual(await packetsOf(stream.subarray(0, at), stream.subarray(at)), wanted, String(at));
    }
  });

  it('refuse lengths that are none', async () => {
    await assert.rejects(packetsOf(Buffer.from('\0\0\0\0')), BrokenPacket);
    await assert.rejects(packetsOf(Buffer.from([0, 4, 0, 1])), BrokenPacket);
  });

  it('bring writes into order and hold a bounded part', () => {
    const order = createInOrder();
    assert.deepEqual(order.take(3, Buffer.from('def')), []);
    assert.ok(order.hasGap());
    assert.equal(String(Buffer.concat(order.take(0, Buffer.from('abc')))), 'abcdef');
    assert.deepEqual([order.end(), order.hasGap()], [6, false]);
    assert.throws(() => order.take(5, Buffer.from('x')), { code: 'FAILURE' });
    order.take(10, Buffer.alloc(maxWaitingBytes - 4));
    assert.throws(() => order.take(maxWaitingBytes + 20, Buffer.alloc(10)), { code: 'FAILURE' });
    assert.equal(Buffer.concat(order.take(6, Buffer.alloc(4))).length, maxWaitingBytes);
  });

  it('hold a bounded number of writes, however small', () => {
    const order = createInOrder();
    for (let count = 0; count < maxWaitingWrites; count += 1) order.take(1 + 2 * count, Buffer.from('b'));
    assert.throws(() => order.take(1 + 2 * maxWaitingWrites, Buffer.from('b')), { code: 'FAILURE' });
    assert.equal(String(Buffer.concat(order.take(0, Buffer.from('a')))), 'ab');
  });

  it('fill blocks of one size with writes of any', () => {
    const blocks = createEvenBlocks();
    const content = randomBytes(300_000);
    const given: Buffer[] = [];
    let at = 0;
    for (const length of [1, 2, 65_533, 1, 0, 200_000, 65_536]) {
      given.push(...blocks.add(content.subarray(at, at + length)));
      at += length;
    }
    given.push(...blocks.add(content.subarray(at)), blocks.rest());
    assert.deepEqual(
      given.map(({ length }) => length),
      [65_536, 65_536, 65_536, 65_536, 300_000 - 4 * 65_536],
    );
    assert.ok(Buffer.concat(given).equals(content));
  });

  it('count an IPv6 customer, who has a /64, as one address', () => {
    const cases = [
      ['192.0.2.7', '192.0.2.7'],
      ['::ffff:192.0.2.7', '192.0.2.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
      ['2001:db8::9', '2001:db8:0:0::/64'],
      ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['', ''],
    ] as const;
    for (const [address, network] of cases) assert.equal(networkOf(address), network, address);

    const gate = createConnectionGate({ inAll: 9, perAddress: 3, strangersPerAddress: 2 });
    const from = (remoteAddress: string): Socket => Object.assign(new EventEmitter(), { remoteAddress }) as Socket;
    const first = gate.admit(from('2001:db8:1:2::1'));
    assert.deepEqual([first?.address, first?.network], ['2001:db8:1:2::1', '2001:db8:1:2::/64']);
    assert.ok(gate.admit(from('2001:db8:1:2::2')));
    assert.equal(gate.admit(from('2001:db8:1:2::3')), undefined);
    first?.know();
    assert.ok(gate.admit(from('2001:db8:1:2::3')));
    assert.ok(gate.admit(from('2001:db8:1:3::1')));
  });

  it('lock a user at an address for a quarter of an hour', () => {
    let nowMs = 0;
    const locks = createLoginLocks(() => nowMs);
    for (let count = 0; count < 5; count += 1) {
      assert.equal(locks.isLocked('a', '1.1.1.1'), false);
      locks.countFailure('a', '1.1.1.1');
    }
    assert.deepEqual(
      [locks.isLocked('a', '1.1.1.1'), locks.isLocked('a', '2.2.2.2'), locks.isLocked('b', '1.1.1.1')],
      [true, false, false],
    );
    nowMs += 15 * 60_000;
    assert.equal(locks.isLocked('a', '1.1.1.1'), false);
    locks.countFailure('a', '1.1.1.1');
    locks.forget('a', '1.1.1.1');
    for (let count = 0; count < 4; count += 1) locks.countFailure('a', '1.1.1.1');
    assert.equal(locks.isLocked('a', '1.1.1.1'), false);
  });

  it('give every address its turn', async () => {
    const queue = createFairQueue({ atOnce: 1, waitingPerAddress: 50 });
    const done: string[] = [];
    const run = (address: string): Promise<void> =>
      queue.run(address, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        done.push(address);
      })!;
    const many = Array.from({ length: 51 }, () => run('many'));
    assert.equal(run('many'), undefined);
    await run('one');
    assert.ok(done.indexOf('one') <= 2, done.join(' '));
    await Promise.all(many);
  });

  it('give places for transfers to each user and to all', () => {
    const slots = createTransferSlots({ inAll: 3, perUser: 2 });
    const [one, two] = [slots.of('one'), slots.of('two')];
    one.take();
    slots.of('one').take();
    assert.throws(() => one.take(), /You have 2 files open/);
    two.take();
    assert.throws(() => two.take(), /busy with other transfers/);
    one.give();
    two.take();
    assert.throws(() => one.take(), /busy with other transfers/);
  });

  it('write lines as ls does', () => {
    const entry = {
      name: 'a b.csv',
      isFolder: false,
      isWritable: true,
      sizeBytes: 1234,
      modified: new Date('2026-03-04T05:06:07Z'),
    };
    const now = new Date('2026-03-10T00:00:00Z');
    assert.equal(longName(entry, now), '-rw-r--r--    1 careway  careway          1234 Mar  4 05:06 a b.csv');
    const old = { ...entry, isFolder: true, isWritable: false, modified: new Date('2024-12-31T23:59:59Z') };
    assert.match(longName(old, now), /^dr-xr-xr-x .* Dec 31 {2}2024 a b\.csv$/);
  });

  it('keep passwords as salted hashes', async () => {
    const [one, two] = [await hashPassword('Gräfin 1'), await hashPassword('Gräfin 1')];
    assert.notEqual(one, two);
    assert.ok(one.startsWith('scrypt$16384$8$5$') && !one.includes('Gräfin'));
    assert.deepEqual([await isPassword('Gra\u0308fin 1', one), await isPassword('Gräfin 2', one)], [true, false]);
    assert.equal(await isPassword('x', 'plain'), false);
  });

  it('read public keys without their comments, and no weak ones', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPBVXEtUZPHXmHTPKeLvJcyGB4O+j6VbCRLYjjgUMlCV';
    assert.equal(readPublicKey(`${key} ana@clinic\n`), key);
    assert.match(fingerprintOf(key), /^SHA256:[A-Za-z0-9+/]{43}$/);
    for (const wrong of ['', 'x', 'ssh-ed25519 AAAA', 'ssh-dss AAAAB3NzaC1kc3MAAACBAA==']) {
      assert.equal(readPublicKey(wrong), undefined, wrong);
    }
  });
});
