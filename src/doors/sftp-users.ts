import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { writeAudit } from '../db/queries/audit-log';
import {
  insertSftpUser,
  lockSftpUser,
  replaceSftpCredentials,
  revokeSftpUser,
  type ListedSftpUser,
  type SftpCredentials,
} from '../db/queries/sftp-users';
import { findTenant } from '../db/queries/tenants';
import { hashPassword } from '../platform/password-hash';
import { readPublicKey } from '../platform/ssh-public-key';
import { Refusal } from './refusal';

export interface CredentialInput {
  password?: string;
  /** As in an OpenSSH .pub file. */
  publicKey?: string;
}

export interface SftpUserInput extends CredentialInput {
  workspaceId: string;
  bucketId: string;
  username: string;
  uploads: boolean;
}

/** A password that was made here is told once, here. */
export interface MadeSftpUser {
  user: ListedSftpUser;
  password: string | undefined;
}

/**
 * Makes an SFTP user of a tenant; without a password or key it gets a password (issue 5.1, data-model D.1).
 * @throws Refusal NOT_FOUND when there is no such tenant, SFTP_USER_EXISTS, INVALID_REQUEST for a key that is not taken
 */
export async function createSftpUser(db: Knex, actorKeyId: string, input: SftpUserInput): Promise<MadeSftpUser> {
  const { credentials, password } = await makeCredentials(input);
  return db.transaction(async (trx) => {
    const tenant = await findTenant(trx, input.workspaceId, input.bucketId);
    if (!tenant) throw new Refusal('NOT_FOUND', 'There is no such workspace and bucket.');
    const { tenantId } = tenant;
    const { username, uploads } = input;
    if (!(await insertSftpUser(trx, { username, tenantId, uploads, ...credentials }))) {
      throw new Refusal('SFTP_USER_EXISTS', 'This user name is or was in use: choose another.', { field: 'username' });
    }
    const details = { username, uploads, ...kindsOf(credentials) };
    await writeAudit(trx, { actorKeyId, action: 'sftp-user.created', tenantId, details });
    return { user: await requireUser(trx, username), password };
  });
}

/**
 * Gives a user new credentials in place of all old ones; sessions of the old ones end within seconds.
 * @throws Refusal NOT_FOUND, SFTP_USER_ENDED for one who is revoked, INVALID_REQUEST
 */
export async function rotateSftpUser(
  db: Knex,
  actorKeyId: string,
  username: string,
  input: CredentialInput,
): Promise<MadeSftpUser> {
  const { credentials, password } = await makeCredentials(input);
  return db.transaction(async (trx) => {
    const { tenantId, revokedAt } = await requireUser(trx, username);
    if (revokedAt) throw new Refusal('SFTP_USER_ENDED', 'The user is revoked: make another.');
    await replaceSftpCredentials(trx, username, credentials);
    const details = { username, ...kindsOf(credentials) };
    await writeAudit(trx, { actorKeyId, action: 'sftp-user.rotated', tenantId, details });
    return { user: await requireUser(trx, username), password };
  });
}

/** Ends a user, and its sessions within seconds; one who is revoked already stays so. @throws Refusal NOT_FOUND */
export async function endSftpUser(db: Knex, actorKeyId: string, username: string): Promise<ListedSftpUser> {
  return db.transaction(async (trx) => {
    const { tenantId } = await requireUser(trx, username);
    if (await revokeSftpUser(trx, username)) {
      await writeAudit(trx, { actorKeyId, action: 'sftp-user.revoked', tenantId, details: { username } });
    }
    return requireUser(trx, username);
  });
}

async function makeCredentials({
  password,
  publicKey,
}: CredentialInput): Promise<{ credentials: SftpCredentials; password: string | undefined }> {
  const key = publicKey === undefined ? undefined : readPublicKey(publicKey);
  if (publicKey !== undefined && !key) {
    const text = 'publicKey: a line of a .pub file: ed25519, ECDSA, or RSA of at least 2048 bits.';
    throw new Refusal('INVALID_REQUEST', text, { field: 'publicKey' });
  }
  const made = password === undefined && key === undefined ? randomBytes(24).toString('base64url') : undefined;
  const kept = password ?? made;
  return {
    credentials: { passwordHash: kept === undefined ? null : await hashPassword(kept), publicKey: key ?? null },
    password: made,
  };
}

function kindsOf({ passwordHash, publicKey }: SftpCredentials): { password: boolean; publicKey: boolean } {
  return { password: passwordHash !== null, publicKey: publicKey !== null };
}

async function requireUser(trx: Knex.Transaction, username: string): Promise<ListedSftpUser> {
  const user = await lockSftpUser(trx, username);
  if (!user) throw new Refusal('NOT_FOUND', 'There is no such SFTP user.');
  return user;
}
