import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Every address and demo credential of the running stack, for people and tools. */
export interface StackFile {
  apiUrl: string;
  consoleUrl: string;
  temporalUiUrl: string;
  temporalAddress: string;
  databaseUrl: string;
  s3Endpoint: string;
  bucket: string;
  snsEndpoint: string;
  topicArn: string;
  sftp: { host: string; port: number; user: string; password: string };
  workspaceId: string;
  bucketId: string;
  integratorKey: string;
  ccnKey: string;
  opsKey: string;
}

const fileOf = (dataDir: string): string => path.join(dataDir, 'stack.json');

/** What the last stack on that folder wrote, or nothing. */
export function readStackFile(dataDir: string): Partial<StackFile> {
  const file = fileOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<StackFile>) : {};
}

export function writeStackFile(dataDir: string, content: StackFile): void {
  const partial = `${fileOf(dataDir)}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, fileOf(dataDir));
}
