import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LoginEnd } from './authenticate';
import type { Act } from './session-context';

export interface SftpMetrics {
  countLogin(method: string, end: LoginEnd): void;
  countRefusedConnection(): void;
  countAct(act: Act): void;
  countRefusal(request: string, code: string): void;
}

/** Labels are kinds, folders and codes: never users, tenants or names. */
export function createSftpMetrics(registry: Registry, connections: () => number): SftpMetrics {
  const registers = [registry];
  const logins = new Counter({
    name: 'careway_sftp_logins_total',
    help: 'Attempts to log in, by method and end (OK, REFUSED, LOCKED)',
    labelNames: ['method', 'end'],
    registers,
  });
  const turnedAway = new Counter({
    name: 'careway_sftp_connections_refused_total',
    help: 'Connections over the limits',
    registers,
  });
  const acts = new Histogram({
    name: 'careway_sftp_act_seconds',
    help: 'Files put, got, renamed and removed, by folder and end',
    labelNames: ['action', 'folder', 'code'],
    buckets: [0.05, 0.2, 1, 5, 20, 100, 600],
    registers,
  });
  const bytes = new Counter({
    name: 'careway_sftp_bytes_total',
    help: 'Bytes of files that came (put) and went (get)',
    labelNames: ['action', 'folder'],
    registers,
  });
  const refusals = new Counter({
    name: 'careway_sftp_refusals_total',
    help: 'Requests that were answered with an error, by kind and SFTP status',
    labelNames: ['request', 'code'],
    registers,
  });
  new Gauge({
    name: 'careway_sftp_connections',
    help: 'Connections that are open',
    registers,
    collect() {
      this.set(connections());
    },
  });
  return {
    countLogin: (method, end) => logins.inc({ method, end }),
    countRefusedConnection: () => turnedAway.inc(),
    countAct({ action, folder, code, bytes: moved, tookMs }) {
      acts.observe({ action, folder, code }, tookMs / 1000);
      if (moved) bytes.inc({ action, folder }, moved);
    },
    countRefusal: (request, code) => refusals.inc({ request, code }),
  };
}
