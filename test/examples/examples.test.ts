import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pickPort } from '../../src/platform/free-port';
import { waitFor } from '../../scripts/stack/wait';
import { call } from '../api/support/client';
import { attendanceRecord } from '../support/attendance';
import { batchOf } from '../support/batches';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

interface Running {
  child: ChildProcess;
  output(): string;
  exited: Promise<number | null>;
}

describe('the examples', function () {
  this.timeout(180_000);
  let world: UploadWorld;
  let party: Party;
  const running: ChildProcess[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-examples-'));

  before(async () => {
    world = await openWorld();
    party = await world.party();
  });
  after(async () => {
    for (const child of running) child.kill();
    await world?.close();
  });

  /** As with `npm run example -- name`, but against the stack of this test. */
  function example(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const { tenant } = party;
    const child = spawn(process.execPath, ['dist/examples/main.js', ...args], {
      env: {
        ...process.env,
        CAREWAY_API_URL: world.apiUrl,
        CAREWAY_API_KEY: tenant.key,
        CAREWAY_WORKSPACE_ID: tenant.workspaceId,
        CAREWAY_BUCKET_ID: tenant.bucketId,
        ...env,
      },
    });
    running.push(child);
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString('utf8')));
    child.stderr.on('data', (part: Buffer) => (text += part.toString('utf8')));
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    return { child, output: () => text, exited };
  }

  it('upload a folder, say what became of each row, and do it once a day', async () => {
    const files = party.filesOf({ ...wholeSet, family: [{}, { entityId: 'F-2', name: '' }] });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const first = example(['uploader', folder]);
    assert.equal(await first.exited, 0, first.output());
    const [, uploadId] = /upload (\S+) completed/.exec(first.output()) ?? [];
    assert.ok(uploadId, first.output());
    assert.match(first.output(), /family \d+ F-2 errored REQUIRED_MISSING:name/);
    const again = example(['uploader', folder]);
    assert.equal(await again.exited, 0, again.output());
    assert.match(again.output(), new RegExp(`upload ${uploadId} completed`));
  });

  it('pull what changed since the last time', async () => {
    const pulled = path.join(folder, 'pulled');
    const lines = (): string[] => readFileSync(path.join(pulled, 'claim.jsonl'), 'utf8').trim().split('\n');
    const pull = async (): Promise<string> => {
      const run = example(['puller', '--once', `--folder=${pulled}`, 'claim']);
      assert.equal(await run.exited, 0, run.output());
      return run.output();
    };
    assert.match(await pull(), /claim: 1 changes/);
    assert.match(await pull(), /claim: 0 changes/);
    await party.send({ claim: [{ fundingSource: 'CAPP' }, { entityId: 'CL-2' }] });
    assert.match(await pull(), /claim: 2 changes/);
    assert.deepEqual(
      lines()
        .map((line) => (JSON.parse(line) as { entityId: string }).entityId)
        .sort(),
      ['CL-1', 'CL-1', 'CL-2'],
    );
  });

  it('receive submissions and fetch their records with the signature', async () => {
    const port = await pickPort(0);
    const { snsEndpoint, topicArn } = world.stack;
    const receiver = example(['receiver'], {
      PORT: String(port),
      SEEN_FILE: path.join(folder, 'seen'),
      SNS_TOPIC_ARN: topicArn,
      SNS_SIGNATURES: 'unchecked',
      SNS_HOSTS: `^(127\\.0\\.0\\.1|localhost):${new URL(snsEndpoint).port}$`,
    });
    await waitFor('the subscription', async () => receiver.output().includes('is subscribed'), { timeoutMs: 20_000 });
    await waitFor(
      'its confirmation',
      async () => {
        const { body } = await call(`${world.apiUrl}/v1/subscriptions`, party.tenant.headers);
        return body.subscriptions[0]?.status === 'active';
      },
      { timeoutMs: 20_000 },
    );
    const headers = { ...party.tenant.headers, 'x-api-key': party.tenant.ccnKey };
    const batch = batchOf(party.tenant, 'claim_attendance', { data: [attendanceRecord()] });
    await call(`${world.apiUrl}/appfile/file/import/data`, headers, 'POST', batch);
    await waitFor('the record', async () => receiver.output().includes('"entityId":"CL-1"'), { timeoutMs: 30_000 });
    assert.match(receiver.output(), /"eventType":"attendance".*"signatures":\["providerSignature"\]/);
    const [messageId] = readFileSync(path.join(folder, 'seen'), 'utf8').split('\n');
    const url = `http://127.0.0.1:${port}/events`;
    const repeated = { Type: 'Notification', MessageId: messageId, TopicArn: topicArn, Message: 'not even JSON' };
    assert.equal((await call(url, {}, 'POST', repeated)).status, 200);
    assert.equal((await call(url, {}, 'POST', { ...repeated, TopicArn: 'arn:another' })).status, 403);
    const elsewhere = { ...repeated, Type: 'SubscriptionConfirmation', SubscribeURL: `${world.apiUrl}/health` };
    assert.equal((await call(url, {}, 'POST', elsewhere)).status, 500);
    receiver.child.kill();
  });
});
