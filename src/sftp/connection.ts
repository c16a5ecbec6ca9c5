import type { Socket } from 'node:net';
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import type { SftpLogin } from '../db/queries/sftp-users';
import type { SftpFolder } from '../contracts/sftp-folders';
import type { Logger } from '../platform/logger';
import type { Authenticator } from './authenticate';
import type { Admitted } from './connection-gate';
import type { Store } from '../platform/read-objects';
import { BrokenPacket } from './protocol/packet-reader';
import { serveSession } from './serve-session';
import { createHandleTable, type SessionContext } from './session-context';
import type { SftpMetrics } from './sftp-metrics';
import type { createTransferSlots } from './transfer-slots';

export interface ConnectionDeps {
  store: Store;
  authenticator: Authenticator;
  metrics: SftpMetrics;
  slots: ReturnType<typeof createTransferSlots>;
  logger: Logger;
  maxFileBytes: number;
  /** Sessions that have not ended, or are still removing what was half sent. */
  serving: Set<Promise<void>>;
}

/** A connection as the watch over all of them sees it. */
export interface LiveConnection {
  /** Undefined until somebody has logged in. */
  login(): Pick<SftpLogin, 'username' | 'credentialNo'> | undefined;
  idleMs(): number;
  /** Sessions that have not ended. */
  sessions(): number;
  end(reason: string): void;
}

const attemptsAllowed = 20;
const wrongPasswordsAllowed = 6;
const sessionsAllowed = 4;
const unusedFilesMs = 5 * 60_000;

/** Serves one SSH connection: logs in, and opens SFTP sessions. There is no shell, no command and no forwarding. */
export function serveConnection(
  deps: ConnectionDeps,
  connection: Connection,
  socket: Socket,
  admitted: Admitted,
): LiveConnection {
  const { metrics } = deps;
  let login: SftpLogin | undefined;
  let logger = deps.logger.child({ address: admitted.address });
  let attempts = 0;
  let wrongPasswords = 0;
  let sessions = 0;
  let usedMs = performance.now();

  const end = (reason: string): void => {
    logger.info({ reason }, 'SFTP connection is ended');
    connection.end();
    // A client that does not hang up is hung up on.
    setTimeout(() => socket.destroy(), 1_000).unref();
  };

  const authenticate = async (context: AuthContext): Promise<void> => {
    attempts += 1;
    if (attempts > attemptsAllowed || wrongPasswords >= wrongPasswordsAllowed) return end('too many attempts');
    const result = await deps.authenticator.attempt(context, admitted.network);
    if (!result) return;
    metrics.countLogin(context.method, result.end);
    if (result.login) {
      const { username, tenantId } = result.login;
      login = result.login;
      admitted.know();
      logger = logger.child({ user: username, tenantId });
    } else if (context.method === 'password') {
      wrongPasswords += 1;
    }
    // Names that were made up by others do not go into the log.
    logger.info({ method: context.method, code: result.end }, 'SFTP login');
  };

  const openSession = (accept: () => Session, reject: () => void): void => {
    if (!login || sessions >= sessionsAllowed) return reject();
    const user = login;
    sessions += 1;
    const session = accept();
    session.once('close', () => (sessions -= 1));
    // As a plain channel: it holds a fast client back, which the library's own SFTP server does not.
    session.on('subsystem', (take: () => ServerChannel, refuse: () => void, info: { name: string }) => {
      if (info.name !== 'sftp') return refuse?.();
      const served = serve(user, take());
      deps.serving.add(served);
      void served.finally(() => deps.serving.delete(served));
    });
  };

  const serve = async (user: SftpLogin, channel: ServerChannel): Promise<void> => {
    const context = contextOf(deps, user, (act) => {
      metrics.countAct(act);
      logger.info(act, 'SFTP');
    });
    channel.on('error', () => undefined);
    try {
      await serveSession(channel, context, {
        logger,
        unusedFilesMs,
        onRequest: () => (usedMs = performance.now()),
        onRefusal: metrics.countRefusal,
      });
      channel.exit(0);
      channel.end();
    } catch (error) {
      if (error instanceof BrokenPacket) end('broken packet');
      else {
        logger.error({ err: error }, 'SFTP session failed');
        end('failure');
      }
    }
  };

  connection.on('authentication', (context) => {
    authenticate(context).catch((error: unknown) => {
      logger.error({ err: error }, 'SFTP login failed');
      end('failure');
    });
  });
  connection.on('session', openSession);
  connection.on('error', (error: Error) => {
    const { code, level } = error as { code?: string; level?: string };
    logger.debug({ code, level }, 'SFTP connection broke');
  });
  return { login: () => login, idleMs: () => performance.now() - usedMs, sessions: () => sessions, end };
}

function contextOf(deps: ConnectionDeps, user: SftpLogin, report: SessionContext['report']): SessionContext {
  const folders: SftpFolder[] = ['pending', 'results', ...(user.uploads ? (['uploads'] as const) : [])];
  const { store, slots, maxFileBytes } = deps;
  const { workspaceId, bucketId } = user;
  const home = { workspaceId, bucketId, folders };
  return {
    store,
    home,
    maxFileBytes,
    slots: slots.of(user.username),
    handles: createHandleTable(),
    since: new Date(),
    report,
  };
}
