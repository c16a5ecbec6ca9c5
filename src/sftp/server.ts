import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Knex } from 'knex';
import { Server } from 'ssh2';
import type { Logger } from '../platform/logger';
import type { Metrics } from '../platform/metrics';
import { algorithms } from './algorithms';
import { createAuthenticator } from './authenticate';
import { serveConnection, type LiveConnection } from './connection';
import { closeListener, createConnectionGate, type Admitted, type ConnectionLimits } from './connection-gate';
import { createFairQueue } from './fair-queue';
import type { HostKeys } from './host-keys';
import { createLoginLocks } from './login-locks';
import type { Store } from '../platform/read-objects';
import { createSftpMetrics } from './sftp-metrics';
import { createTransferSlots } from './transfer-slots';
import { watchConnections, type WatchLimits } from './watch-connections';

export interface SftpServerDeps {
  db: Knex;
  store: Store;
  hostKeys: HostKeys;
  logger: Logger;
  metrics: Metrics;
  maxFileBytes: number;
  limits: ConnectionLimits & WatchLimits & { transfers: number };
}

export interface SftpServer {
  port: number;
  /** Looks over the connections; to be called every few seconds. */
  watch(): Promise<void>;
  /** Takes no more connections, lets sessions end for a while, then ends them. What is half sent leaves nothing. */
  close(graceMs: number): Promise<void>;
}

/** More than clients open as they come; it takes several users to hold all places. */
const transfersPerUser = 8;
const passwordChecks = { atOnce: 2, waitingPerAddress: 10 };
/** A dead peer is noticed after a minute and a half. */
const keepalive = { keepaliveInterval: 30_000, keepaliveCountMax: 3 };

/** The SFTP server of issue 5.1, listening. */
export async function startSftpServer(
  deps: SftpServerDeps,
  place: { host: string; port: number },
): Promise<SftpServer> {
  const { db, store, logger, limits, maxFileBytes } = deps;
  const gate = createConnectionGate(limits);
  const metrics = createSftpMetrics(deps.metrics.registry, gate.count);
  const authenticator = await createAuthenticator({
    db,
    locks: createLoginLocks(),
    passwords: createFairQueue(passwordChecks),
  });
  const serving = new Set<Promise<void>>();
  const slots = createTransferSlots({ inAll: limits.transfers, perUser: transfersPerUser });
  const connectionDeps = { store, authenticator, metrics, slots, logger, maxFileBytes, serving };
  const arriving = new Map<string, { socket: Socket; admitted: Admitted; silence: NodeJS.Timeout }>();
  const live = new Set<LiveConnection>();
  const sockets = new Set<Socket>();

  const ssh = new Server(
    { hostKeys: deps.hostKeys.keys, algorithms, ident: 'Careway', ...keepalive },
    (connection, info) => {
      const arrived = arriving.get(placeOf(info.ip, info.port));
      if (!arrived) return connection.end();
      clearTimeout(arrived.silence);
      const served = serveConnection(connectionDeps, connection, arrived.socket, arrived.admitted);
      live.add(served);
      arrived.socket.once('close', () => live.delete(served));
    },
  );

  const listener = createServer({ noDelay: true }, (socket) => {
    const admitted = gate.admit(socket);
    if (!admitted) {
      metrics.countRefusedConnection();
      return void socket.destroy();
    }
    const name = placeOf(socket.remoteAddress ?? '', socket.remotePort ?? 0);
    // Who does not even say what it speaks is no connection yet, and is not in `live`.
    const silence = setTimeout(() => socket.destroy(), limits.loginMs);
    arriving.set(name, { socket, admitted, silence });
    sockets.add(socket);
    socket.once('close', () => {
      clearTimeout(silence);
      arriving.delete(name);
      sockets.delete(socket);
    });
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(place.port, place.host, resolve);
  });

  return {
    port: (listener.address() as AddressInfo).port,
    watch: () => watchConnections(db, live, limits),
    async close(graceMs) {
      const closed = closeListener(listener);
      const deadline = performance.now() + graceMs;
      for (const connection of live) if (connection.sessions() === 0) connection.end('the server stops');
      while (live.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const socket of sockets) socket.destroy();
      await Promise.all(serving);
      await closed;
    },
  };
}

function placeOf(address: string, port: number): string {
  return `${address} ${port}`;
}
