import type { Database } from '../client';

/** What a user logs in with; at least one of them. */
export interface SftpCredentials {
  passwordHash: string | null;
  publicKey: string | null;
}

export interface NewSftpUser extends SftpCredentials {
  username: string;
  tenantId: number;
  /** Also sees the folder for `.cc5txt` files. */
  uploads: boolean;
}

export interface SftpLogin extends NewSftpUser {
  credentialNo: number;
  workspaceId: string;
  bucketId: string;
}

/** A user as operations see it. */
export interface ListedSftpUser {
  username: string;
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  uploads: boolean;
  hasPassword: boolean;
  publicKey: string | null;
  createdAt: Date;
  rotatedAt: Date | null;
  revokedAt: Date | null;
  lastLoginAt: Date | null;
}

const listedColumns = `u.username, u.tenant_id AS "tenantId", t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId",
  u.uploads, u.password_hash IS NOT NULL AS "hasPassword", u.public_key AS "publicKey", u.created_at AS "createdAt",
  u.rotated_at AS "rotatedAt", u.revoked_at AS "revokedAt", u.last_login_at AS "lastLoginAt"`;

/** @returns false when the name was given before, also to one who is revoked */
export async function insertSftpUser(db: Database, user: NewSftpUser): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `INSERT INTO sftp_users (username, tenant_id, password_hash, public_key, uploads)
     VALUES (:username, :tenantId, :passwordHash, :publicKey, :uploads)
     ON CONFLICT (username) DO NOTHING`,
    { ...user },
  );
  return rowCount === 1;
}

/** In order of their names, those after the one given. */
export async function listSftpUsers(
  db: Database,
  query: { after: string | null; limit: number },
): Promise<ListedSftpUser[]> {
  const { rows } = await db.raw<{ rows: ListedSftpUser[] }>(
    `SELECT ${listedColumns}
       FROM sftp_users u JOIN tenants t USING (tenant_id)
      WHERE :after::text IS NULL OR u.username COLLATE "C" > :after::text
      ORDER BY u.username COLLATE "C" LIMIT :limit`,
    { ...query },
  );
  return rows;
}

/** One user, locked until the transaction ends. */
export async function lockSftpUser(db: Database, username: string): Promise<ListedSftpUser | undefined> {
  const { rows } = await db.raw<{ rows: ListedSftpUser[] }>(
    `SELECT ${listedColumns}
       FROM sftp_users u JOIN tenants t USING (tenant_id)
      WHERE u.username = :username
        FOR UPDATE OF u`,
    { username },
  );
  return rows[0];
}

/** Gives a user other credentials in place of all that it had. */
export async function replaceSftpCredentials(
  db: Database,
  username: string,
  credentials: SftpCredentials,
): Promise<void> {
  await db.raw(
    `UPDATE sftp_users
        SET password_hash = :passwordHash, public_key = :publicKey, rotated_at = now(), credential_no = credential_no + 1
      WHERE username = :username`,
    { username, ...credentials },
  );
}

/** @returns false when there is no such user or it had been revoked before. */
export async function revokeSftpUser(db: Database, username: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `UPDATE sftp_users SET revoked_at = now() WHERE username = :username AND revoked_at IS NULL`,
    { username },
  );
  return rowCount === 1;
}

/** What a login is checked against; a user who is revoked is as one whom there is not. */
export async function findSftpLogin(db: Database, username: string): Promise<SftpLogin | undefined> {
  const { rows } = await db.raw<{ rows: SftpLogin[] }>(
    `SELECT u.username, u.tenant_id AS "tenantId", u.password_hash AS "passwordHash", u.public_key AS "publicKey",
            u.uploads, u.credential_no AS "credentialNo", t.workspace_id AS "workspaceId", t.bucket_id AS "bucketId"
       FROM sftp_users u JOIN tenants t USING (tenant_id)
      WHERE u.username = :username AND u.revoked_at IS NULL`,
    { username },
  );
  return rows[0];
}

export async function noteSftpLogin(db: Database, username: string): Promise<void> {
  await db.raw(`UPDATE sftp_users SET last_login_at = now() WHERE username = :username`, { username });
}

/** Of some users, those who may still be logged in, and the number of the credentials that are good now. */
export async function findGoodSftpUsers(
  db: Database,
  usernames: readonly string[],
): Promise<{ username: string; credentialNo: number }[]> {
  const { rows } = await db.raw<{ rows: { username: string; credentialNo: number }[] }>(
    `SELECT username, credential_no AS "credentialNo"
       FROM sftp_users
      WHERE username = ANY(:usernames) AND revoked_at IS NULL`,
    { usernames: [...usernames] },
  );
  return rows;
}
