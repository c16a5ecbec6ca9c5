import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { sftpFolderPrefix, sftpFolders, type SftpFolder } from '../src/contracts/sftp-folders';
import { createS3 } from '../src/platform/s3';
import { findClients, type SftpClient } from './sftp-clients/clients';
import { awsCredentials } from './stack/aws-resources';
import { defaultDataDir } from './stack/paths';
import { readStackFile, type StackFile } from './stack/stack-file';

/*
 * With `npm run stack` running: puts, gets, renames and removes with the SFTP clients of this machine, compares what the
 * bucket has after each, and tries what must be refused. OpenSSH is in `npm test`.
 */
async function tryClients(): Promise<number> {
  const stack = readStackFile(defaultDataDir) as StackFile;
  if (!stack.sftp) throw new Error('Start `npm run stack` first');
  Object.assign(process.env, awsCredentials());
  const { s3Endpoint, snsEndpoint, bucket, topicArn } = stack;
  const s3 = createS3({ region: 'us-east-1', s3Endpoint, snsEndpoint, bucket, topicArn });
  const keyOf = (folder: SftpFolder, name: string): string => sftpFolderPrefix(stack, folder) + name;
  const stored = async (folder: SftpFolder, name: string): Promise<string | undefined> => {
    try {
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(folder, name) }));
      return await body?.transformToString('latin1');
    } catch {
      return undefined;
    }
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-sftp-clients-'));
  const content = randomBytes(20_000_000);
  const local = path.join(folder, 'here.csv');
  writeFileSync(local, content);
  const { found, missing } = findClients(stack.sftp, folder);
  let failures = 0;
  for (const { name, act } of found) {
    try {
      await tryClient({ name, act });
      console.log(`${name}: puts, gets, renames and removes; cannot change results`);
    } catch (error) {
      failures += 1;
      console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const name of missing) console.log(`${name}: not on this machine`);
  rmSync(folder, { recursive: true });
  s3.destroy();
  return failures;

  async function tryClient({ name, act }: SftpClient): Promise<void> {
    const [first, second, result] = [`${name} 1.csv`, `${name} 2.csv`, `${name} result.csv`];
    const inPending = (file: string): string => `/${sftpFolders.pending}/${file}`;
    const inResults = `/${sftpFolders.results}/${result}`;
    const whole = content.toString('latin1');
    await act(['put', local, inPending(first)]);
    assert.ok((await stored('pending', first)) === whole, 'what was put is not what is stored');
    await act(['rename', inPending(first), inPending(second)]);
    assert.ok((await stored('pending', second)) === whole && !(await stored('pending', first)), 'not renamed');
    const back = path.join(folder, 'back.csv');
    await act(['get', inPending(second), back]);
    assert.ok(readFileSync(back).equals(content), 'what was got is not what is stored');
    await act(['remove', inPending(second)]);
    assert.equal(await stored('pending', second), undefined, 'not removed');

    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf('results', result), Body: 'Result' }));
    await act(['get', inResults, back]);
    assert.equal(readFileSync(back, 'utf8'), 'Result');
    for (const refused of [
      ['remove', inResults],
      ['put', local, inResults],
      ['rename', inResults, `/${sftpFolders.results}/other.csv`],
    ] as const) {
      // Not every client says in its exit code that something failed: what counts is what is stored.
      await act([...refused]).catch(() => undefined);
      assert.equal(await stored('results', result), 'Result', `${refused[0]} changed a result`);
    }
  }
}

tryClients().then(
  (failures) => (process.exitCode = failures === 0 ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  },
);
