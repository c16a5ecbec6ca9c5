import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { InboxSweepInput } from '../../src/contracts/nightly-sync';
import { turnSignalName } from '../../src/contracts/upload';
import { taskQueues } from '../../src/contracts/task-queues';
import {
  entityUploadWorkflowId,
  publishEventsWorkflowId,
  snapshotWorkflowId,
  uploadWorkflowId,
} from '../../src/contracts/workflow-ids';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { cc5File } from '../support/cc5-files';
import { holdTenant } from '../support/hold-tenant';
import { InboxParty } from '../support/inbox-party';
import { PatientParty } from '../support/patient-party';
import { restartPostgres } from '../support/postgres';
import { spawnApi, spawnWorker } from '../support/processes';
import { stopStack, useStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { UploadClient } from '../support/upload-client';
import { replayPayloadKey } from './payload-key';

/*
 * Records the histories that `replay.test.ts` replays: `npm run record-histories -- inbox-sweep-completed`, or all of them
 * when none is named. Each is a path that a released version may have taken, so a recorded one is only ever replaced when
 * no such run can still be under way.
 */

const named = process.argv.slice(2);
const wanted = (...names: string[]): boolean => named.length === 0 || names.some((name) => named.includes(name));

const folder = path.join(process.cwd(), 'test/replay/histories');

async function record(): Promise<void> {
  process.env.CAREWAY_PAYLOAD_KEY = replayPayloadKey;
  const stack = await useStack();
  const temporal = await createTemporalClient(stack.config);
  const [api] = await Promise.all([spawnApi(stack), spawnWorker(stack)]);
  mkdirSync(folder, { recursive: true });

  const save = async (name: string, workflowId: string): Promise<void> => {
    if (!wanted(name)) return;
    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    writeFileSync(path.join(folder, `${name}.json`), `${historyToJSON(history)}\n`);
    process.stdout.write(`${name}\n`);
  };
  const newTenant = async () => {
    const tenant = await freshTenant(stack);
    const family = cc5File(tenant, 'family', 'entityId|name|disabled:bool', ['F-1|Ruiz family|false']);
    const block = () => holdTenant(stack, tenant);
    return { tenant, family, block, client: new UploadClient(api.url, tenant) };
  };
  const waiting = async (client: UploadClient, uploadId: string) => {
    await client.until(uploadId, ({ step }) => step === 'wait');
    // The request for the turn has been answered once the upload has asked.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  };

  if (wanted('upload-completed', 'entity-upload-completed')) {
    const { family, client } = await newTenant();
    const { uploadId } = await client.upload({ 'family.cc5txt': family });
    await save('upload-completed', uploadWorkflowId(uploadId));
    await save('entity-upload-completed', entityUploadWorkflowId(uploadId, 'family'));
  }
  if (wanted('publish-events-completed')) {
    const { tenant } = await newTenant();
    const workflowId = publishEventsWorkflowId(tenant.tenantId, 'recorded');
    const { tenantId } = tenant;
    const options = { workflowId, taskQueue: taskQueues.uploads, args: [{ tenantId }] };
    await temporal.client.workflow.execute('publishEventsWorkflow', options);
    await save('publish-events-completed', workflowId);
  }
  if (wanted('upload-broken-file')) {
    const { family, client } = await newTenant();
    const { uploadId } = await client.upload({ 'family.cc5txt': family, 'empty.cc5txt': '\n' });
    await save('upload-broken-file', uploadWorkflowId(uploadId));
  }
  if (wanted('upload-not-atomic')) {
    const { tenant, client } = await newTenant();
    const nameless = cc5File(tenant, 'family', 'entityId|name|disabled:bool', ['F-1||false']);
    const { uploadId } = await client.upload({ 'family.cc5txt': nameless }, { atomicity: 'upload' });
    await save('upload-not-atomic', uploadWorkflowId(uploadId));
  }
  if (wanted('upload-waited')) {
    // An earlier upload is not done: this one waits, and is told when it is next.
    const { family, block, client } = await newTenant();
    const letGo = await block();
    const uploadId = await client.start([await client.putFile('family.cc5txt', family)]);
    await waiting(client, uploadId);
    await letGo();
    await temporal.client.workflow.getHandle(uploadWorkflowId(uploadId)).signal(turnSignalName);
    await client.finished(uploadId);
    await save('upload-waited', uploadWorkflowId(uploadId));
  }
  // Those above were recorded of runs without search attributes; these have them, and change them on their way.
  // The newest has its short steps as local activities.
  if (wanted('upload-indexed', 'entity-upload-indexed', 'upload-local-steps')) {
    const { family, block, client } = await newTenant();
    const letGo = await block();
    const uploadId = await client.start([await client.putFile('family.cc5txt', family)]);
    await waiting(client, uploadId);
    await letGo();
    await client.finished(uploadId);
    await temporal.client.workflow.getHandle(uploadWorkflowId(uploadId)).result();
    await save('upload-indexed', uploadWorkflowId(uploadId));
    await save('upload-local-steps', uploadWorkflowId(uploadId));
    await save('entity-upload-indexed', entityUploadWorkflowId(uploadId, 'family'));
  }
  if (wanted('upload-cancelled')) {
    const { family, block, client } = await newTenant();
    await block();
    const uploadId = await client.start([await client.putFile('family.cc5txt', family)]);
    await waiting(client, uploadId);
    await client.call('POST', `/v1/uploads/${uploadId}/cancel`);
    await client.finished(uploadId);
    await save('upload-cancelled', uploadWorkflowId(uploadId));
  }
  if (wanted('upload-staged-again')) {
    // A crash of the database empties what was staged.
    const { family, block, client } = await newTenant();
    const letGo = await block();
    const uploadId = await client.start([await client.putFile('family.cc5txt', family)]);
    await waiting(client, uploadId);
    await restartPostgres(stack, 'immediate');
    await letGo();
    await client.finished(uploadId);
    await save('upload-staged-again', uploadWorkflowId(uploadId));
  }
  if (named.length === 0 || named.some((name) => name.startsWith('inbox-sweep'))) {
    const { tenant, family } = await newTenant();
    const party = new InboxParty(stack, temporal.client, tenant);
    await party.setSettings({ inbox: { settleSeconds: 3 } });
    const sweep = async (name: string, input: Partial<InboxSweepInput> = {}, cancel = false) => {
      await party.drop({ 'family.cc5txt': family, 'broken.cc5txt': '10|' });
      const handle = await party.start(input);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      if (cancel) await handle.cancel();
      await handle.result().catch(() => undefined);
      await save(name, handle.workflowId);
    };
    await sweep('inbox-sweep-completed');
    await sweep('inbox-sweep-late', { lateAfterSeconds: 1 });
    await sweep('inbox-sweep-cancelled', {}, true);
    await save('inbox-sweep-missed', await party.missedRun());
  }
  if (named.length === 0 || named.some((name) => name.startsWith('patient-import'))) {
    const { tenant } = await newTenant();
    const party = new PatientParty(stack, temporal.client, tenant);
    await party.setSettleSeconds(3);
    const run = async (name: string, cancel = false) => {
      const header = 'First Name,Last Name,Birthday,Gender\n';
      await party.drop({ 'a.csv': `${header}Ana,Ruiz,1950-02-03,F\n`, 'b.csv': header });
      const handle = await party.start();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      if (cancel) await handle.cancel();
      await handle.result().catch(() => undefined);
      await save(name, handle.workflowId);
    };
    await run('patient-import-completed');
    await run('patient-import-cancelled', true);
  }
  if (named.length === 0 || named.some((name) => name.startsWith('snapshot'))) {
    const { tenant, family, client } = await newTenant();
    await client.upload({ 'family.cc5txt': family });
    const headers = { 'x-api-key': tenant.ccnKey, 'Content-Type': 'application/json' };
    const take = async (name: string, keepHours: number, cancel = false) => {
      const body = JSON.stringify({ keepHours });
      const answer = await fetch(`${api.url}/v1/snapshots`, { method: 'POST', headers, body });
      const { snapshotId } = (await answer.json()) as { snapshotId: string };
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const handle = temporal.client.workflow.getHandle(snapshotWorkflowId(snapshotId));
      if (cancel) await handle.cancel();
      await handle.result().catch(() => undefined);
      await save(name, handle.workflowId);
    };
    await take('snapshot-completed', 1 / 3600);
    await take('snapshot-cancelled', 24, true);
  }
  await temporal.close();
}

record()
  .finally(stopStack)
  .then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
