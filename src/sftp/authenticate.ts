import type { Knex } from 'knex';
import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { findSftpLogin, noteSftpLogin, type SftpLogin } from '../db/queries/sftp-users';
import { acrossTenants, inTenant } from '../db/scope';
import { impossiblePassword, isPassword } from '../platform/password-hash';
import { isSameKey, isSignedBy } from '../platform/ssh-public-key';
import type { FairQueue } from './fair-queue';
import type { LoginLocks } from './login-locks';

export type LoginEnd = 'OK' | 'REFUSED' | 'LOCKED';

export interface Authenticator {
  /**
   * Answers one attempt; gives the user when it let one in.
   * @param address what limits go by (`networkOf`)
   */
  attempt(context: AuthContext, address: string): Promise<{ end: LoginEnd; login?: SftpLogin } | undefined>;
}

export interface AuthenticatorDeps {
  db: Knex;
  locks: LoginLocks;
  passwords: FairQueue;
}

/** A longer one is nobody's, and would take long to check. */
const longestPassword = 1024;
const longestName = 64;

/**
 * Lets users in by password or public key. A wrong password, an unknown user and a revoked one hear the same after the
 * same work.
 */
export async function createAuthenticator({ db, locks, passwords }: AuthenticatorDeps): Promise<Authenticator> {
  const nobodys = await impossiblePassword();
  const find = (username: string): Promise<SftpLogin | undefined> =>
    // Before a user is known nobody is anybody's tenant.
    username.length > longestName || username.includes('\0')
      ? Promise.resolve(undefined)
      : acrossTenants(() => findSftpLogin(db, username));

  const checkPassword = async (
    username: string,
    password: string,
    address: string,
  ): Promise<{ end: LoginEnd; login?: SftpLogin }> => {
    if (locks.isLocked(username, address)) return { end: 'LOCKED' };
    if (password.length > longestPassword) return { end: 'REFUSED' };
    const checking = passwords.run(address, async () => {
      // Those that waited while others failed need no check any more.
      if (locks.isLocked(username, address)) return undefined;
      const login = await find(username);
      const isRight = await isPassword(password, login?.passwordHash ?? nobodys);
      if (!isRight) locks.countFailure(username, address);
      return isRight ? login : undefined;
    });
    const login = await checking;
    if (!login) return { end: 'REFUSED' };
    locks.forget(username, address);
    return { end: 'OK', login };
  };

  return {
    async attempt(context, address) {
      const { username } = context;
      if (context.method === 'password') {
        const result = await checkPassword(username, context.password, address);
        if (result.login) await inTenant(result.login.tenantId, () => noteSftpLogin(db, username));
        answer(context, result.login !== undefined);
        return result;
      }
      if (context.method === 'publickey') {
        const login = await find(username);
        const isRight = login?.publicKey ? fits(context, login.publicKey) : false;
        const isQuestion = !context.signature;
        if (login && isRight && !isQuestion) await inTenant(login.tenantId, () => noteSftpLogin(db, username));
        answer(context, isRight);
        if (isQuestion) return undefined;
        return login && isRight ? { end: 'OK', login } : { end: 'REFUSED' };
      }
      answer(context, false);
      return undefined;
    },
  };
}

function answer(context: AuthContext, accepted: boolean): void {
  if (accepted) context.accept();
  else context.reject(['publickey', 'password']);
}

/** A client asks first whether a key is known; only with a signature has it shown that the key is its own. */
function fits({ key, blob, signature, hashAlgo }: PublicKeyAuthContext, publicKey: string): boolean {
  if (!isSameKey(publicKey, key.data)) return false;
  if (!signature) return true;
  return blob !== undefined && isSignedBy(publicKey, { data: blob, signature, hash: hashAlgo });
}
