import type { Server, Socket } from 'node:net';
import { networkOf } from './network-of';

export interface ConnectionLimits {
  inAll: number;
  /** From an IPv4 address, or a /64 of IPv6. */
  perAddress: number;
  /** Of those, not logged in yet. */
  strangersPerAddress: number;
}

/** One connection that was let in. */
export interface Admitted {
  address: string;
  /** What limits go by. */
  network: string;
  /** It has logged in. */
  know(): void;
}

/**
 * Decides over connections before a byte is read: so many in all, so many from an address, and fewer that have not logged
 * in, so that nobody can take all places without a password.
 */
export function createConnectionGate(limits: ConnectionLimits): {
  admit(socket: Socket): Admitted | undefined;
  count(): number;
} {
  const counts = new Map<string, { all: number; strangers: number }>();
  let inAll = 0;
  return {
    count: () => inAll,
    admit(socket) {
      const address = plainAddress(socket.remoteAddress ?? '');
      const network = networkOf(address);
      const count = counts.get(network) ?? { all: 0, strangers: 0 };
      if (inAll >= limits.inAll || count.all >= limits.perAddress || count.strangers >= limits.strangersPerAddress) {
        return undefined;
      }
      counts.set(network, count);
      inAll += 1;
      count.all += 1;
      count.strangers += 1;
      let isStranger = true;
      const know = (): void => {
        if (isStranger) count.strangers -= 1;
        isStranger = false;
      };
      socket.once('close', () => {
        know();
        inAll -= 1;
        count.all -= 1;
        if (count.all === 0) counts.delete(network);
      });
      return { address, network, know };
    },
  };
}

/** One address has two spellings where IPv4 comes in on an IPv6 socket. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}

/** Stops taking connections. */
export function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
