import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { Client, type ClientChannel, type ConnectConfig, type SFTPWrapper, type Stats } from 'ssh2';

export interface RawSession {
  channel: ClientChannel;
  /** Sends a packet without its length; gives the next answer. */
  ask(packet: Buffer): Promise<Buffer>;
}

/** The client of ssh2, with promises, for what well-behaved clients do not send. */
export interface TestClient {
  client: Client;
  sftp: SFTPWrapper;
  open(path: string, flags: string | number): Promise<Buffer>;
  write(handle: Buffer, offset: number, data: Buffer): Promise<void>;
  /** Empty at the end of the file. */
  read(handle: Buffer, offset: number, length: number): Promise<Buffer>;
  close(handle: Buffer): Promise<void>;
  fstat(handle: Buffer): Promise<Stats>;
  stat(path: string): Promise<Stats>;
  readdir(path: string): Promise<string[]>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  posixRename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** A session without the library's own packets. */
  raw(): Promise<RawSession>;
  /** Resolves when the connection is gone. */
  ended: Promise<void>;
  end(): void;
}

/** @throws Error as the client says it, when the login fails */
export async function connect(config: ConnectConfig): Promise<TestClient> {
  const client = await login(config);
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const sftp = await promisify<SFTPWrapper>((done) => client.sftp(done))();
  return {
    client,
    sftp,
    open: (path, flags) => promisify<Buffer>((done) => sftp.open(path, flags as 'r', done))(),
    write: (handle, offset, data) =>
      promisify<void>((done) => sftp.write(handle, data, 0, data.length, offset, (error) => done(error, undefined)))(),
    read: (handle, offset, length) =>
      promisify<Buffer>((done) =>
        sftp.read(handle, Buffer.alloc(length), 0, length, offset, (error, count, data) =>
          done(error ?? null, data?.subarray(0, count)),
        ),
      )(),
    close: (handle) => promisify<void>((done) => sftp.close(handle, (error) => done(error, undefined)))(),
    fstat: (handle) => promisify<Stats>((done) => sftp.fstat(handle, (error, stats) => done(error ?? null, stats)))(),
    stat: (path) => promisify<Stats>((done) => sftp.stat(path, (error, stats) => done(error ?? null, stats)))(),
    readdir: (path) =>
      promisify<string[]>((done) =>
        sftp.readdir(path, (error, list) => done(error ?? null, list?.map(({ filename }) => filename) ?? [])),
      )(),
    realpath: (path) =>
      promisify<string>((done) => sftp.realpath(path, (error, found) => done(error ?? null, found)))(),
    rename: (from, to) => promisify<void>((done) => sftp.rename(from, to, (error) => done(error, undefined)))(),
    posixRename: (from, to) =>
      promisify<void>((done) => sftp.ext_openssh_rename(from, to, (error) => done(error, undefined)))(),
    remove: (path) => promisify<void>((done) => sftp.unlink(path, (error) => done(error, undefined)))(),
    mkdir: (path) => promisify<void>((done) => sftp.mkdir(path, (error) => done(error, undefined)))(),
    raw: () => openRaw(client),
    ended,
    end: () => void client.end(),
  };
}

/** An SSH connection that has logged in. */
export function login(config: ConnectConfig): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client));
    // It may tell of more than one on its way out.
    client.on('error', reject);
    client.connect({ host: '127.0.0.1', readyTimeout: 30_000, ...config });
  });
}

async function openRaw(client: Client): Promise<RawSession> {
  const channel = await promisify<ClientChannel>((done) => client.subsys('sftp', done))();
  let received = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  let isOver = false;
  channel.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    wake();
  });
  channel.on('close', () => {
    isOver = true;
    wake();
  });
  return {
    channel,
    async ask(packet) {
      channel.write(Buffer.concat([lengthOf(packet), packet]));
      for (;;) {
        const wanted = received.length < 4 ? Infinity : 4 + received.readUInt32BE(0);
        if (received.length >= wanted) {
          const answer = received.subarray(4, wanted);
          received = received.subarray(wanted);
          return answer;
        }
        if (isOver) throw new Error('The session has ended');
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function lengthOf(packet: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  return length;
}

/** Another address of this machine, for what goes by address. Linux has all of 127.0.0.0/8. */
export function anotherAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}
