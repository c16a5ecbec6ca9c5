import { randomUUID } from 'node:crypto';
import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  GetObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { sftpFolderPrefix, type SftpFolder } from '../../../src/contracts/sftp-folders';
import { createSftpUser, type CredentialInput } from '../../../src/doors/sftp-users';
import { spawnSftp, type SpawnedProcess } from '../../support/processes';
import { useStack, type TestStack } from '../../support/stack';
import { freshTenant, type TestTenant } from '../../support/tenants';

export interface SftpUser {
  username: string;
  password: string;
  tenant: TestTenant;
}

export interface SftpWorld {
  stack: TestStack;
  server: SpawnedProcess & { port: number };
  user(options?: CredentialInput & { uploads?: boolean; tenant?: TestTenant }): Promise<SftpUser>;
  /** Names and contents' sizes below a folder of a tenant, as the bucket has them. */
  stored(tenant: TestTenant, folder: SftpFolder): Promise<Record<string, number>>;
  content(tenant: TestTenant, folder: SftpFolder, name: string): Promise<Buffer>;
  put(tenant: TestTenant, folder: SftpFolder, name: string, body: Buffer | string): Promise<void>;
  /** Parts that nobody finished or removed. */
  unfinished(tenant: TestTenant): Promise<number>;
  close(): Promise<void>;
}

/** The stack with an SFTP server of its own. */
export async function openSftpWorld(env: NodeJS.ProcessEnv = {}): Promise<SftpWorld> {
  const stack = await useStack();
  const server = await spawnSftp(stack, env);
  const { s3, bucket } = stack;
  return {
    stack,
    server,
    async user({ tenant, uploads = false, ...credentials } = {}) {
      const owner = tenant ?? (await freshTenant(stack));
      const username = `u-${randomUUID().slice(0, 8)}`;
      const { workspaceId, bucketId } = owner;
      const made = await createSftpUser(stack.db, randomUUID(), {
        workspaceId,
        bucketId,
        username,
        uploads,
        ...credentials,
      });
      return { username, password: credentials.password ?? made.password ?? '', tenant: owner };
    },
    async stored(tenant, folder) {
      const prefix = sftpFolderPrefix(tenant, folder);
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      const objects = (page.Contents ?? []).map(({ Key, Size }) => [Key!.slice(prefix.length), Size ?? 0] as const);
      return Object.fromEntries(objects);
    },
    async content(tenant, folder, name) {
      const key = sftpFolderPrefix(tenant, folder) + name;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from(await Body!.transformToByteArray());
    },
    async put(tenant, folder, name, body) {
      const key = sftpFolderPrefix(tenant, folder) + name;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async unfinished(tenant) {
      const { Uploads: uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return uploads.filter(({ Key }) => Key?.includes(`/${tenant.workspaceId}/`)).length;
    },
    close: () => server.stop(),
  };
}
