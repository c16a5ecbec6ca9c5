import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { recordIdOf } from '../../src/domain/record-id';
import { call, type Answer } from '../api/support/client';
import { attendanceRecord, parentSignature, providerSignature } from '../support/attendance';
import { batchOf } from '../support/batches';
import { waitFor } from '../../scripts/stack/wait';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

const eventFields = ['id', 'datasource_code', 'workspace_id', 'bucket_id', 'event_type', 'event_time'];

describe('submissions of attendance', function () {
  this.timeout(180_000);
  let world: UploadWorld;
  let party: Party;

  before(async () => {
    world = await openWorld();
  });
  beforeEach(async () => {
    party = await world.party();
    await party.send(wholeSet);
  });
  after(() => world?.close());

  const asCcn = (): Record<string, string> => ({ ...party.tenant.headers, 'x-api-key': party.tenant.ccnKey });

  const post = (records: readonly object[], headers = asCcn(), entity = 'claim_attendance'): Promise<Answer> =>
    call(`${world.apiUrl}/appfile/file/import/data`, headers, 'POST', batchOf(party.tenant, entity, { data: records }));

  async function submit(...records: object[]): Promise<string[]> {
    const answer = await post(records);
    assert.equal(answer.status, 200, answer.text);
    const upload = await party.client.finished(answer.body.data.uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    return party.outcomes(upload);
  }

  /** Types of the submission events so far, in order. */
  async function announced(): Promise<string[]> {
    const rows = await world.stack
      .db('events')
      .where({ tenant_id: party.tenant.tenantId })
      .whereIn('event_type', ['attendance', 'parent-attendance'])
      .orderBy('event_seq')
      .select('event_type');
    return rows.map(({ event_type: type }) => type as string);
  }

  it('reach an HTTP subscriber as exactly the object of the documentation', async () => {
    const sns = new SNSClient({ endpoint: world.stack.snsEndpoint, region: 'us-east-1' });
    const heard: string[] = [];
    const server: Server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        const message = JSON.parse(body) as { Type: string; Token: string; Message: string };
        if (message.Type === 'Notification') heard.push(message.Message);
        else {
          const { topicArn: TopicArn } = world.stack;
          void sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: message.Token }));
        }
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await sns.send(
      new SubscribeCommand({
        TopicArn: world.stack.topicArn,
        Protocol: 'http',
        Endpoint: `http://127.0.0.1:${port}/`,
        Attributes: {
          FilterPolicy: JSON.stringify({ workspaceId: [party.tenant.workspaceId], eventType: ['attendance'] }),
        },
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.deepEqual(await submit(attendanceRecord()), ['CL-1 created']);
    await waitFor('the event', async () => heard[0], { timeoutMs: 20_000 });
    const event = JSON.parse(heard[0]!) as Record<string, string>;
    assert.deepEqual(Object.keys(event), eventFields);
    const row = await world.stack
      .db('records')
      .where({ tenant_id: party.tenant.tenantId, entity: 'claim_attendance' })
      .first();
    const { event_time: time, ...rest } = event;
    assert.deepEqual(rest, {
      id: recordIdOf(row.id),
      datasource_code: 'cc-claim-attendance',
      workspace_id: party.tenant.workspaceId,
      bucket_id: party.tenant.bucketId,
      event_type: 'attendance',
    });
    assert.match(time!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    server.closeAllConnections();
    server.close();
    sns.destroy();
  });

  it('are one event each, by who has signed', async () => {
    assert.deepEqual(await submit(attendanceRecord()), ['CL-1 created']);
    assert.deepEqual(await announced(), ['attendance']);
    // The same again is none.
    assert.deepEqual(await submit(attendanceRecord()), ['CL-1 unchanged']);
    // A remark is a change and no submission.
    assert.deepEqual(await submit(attendanceRecord({ comment: 'seen' })), ['CL-1 updated']);
    assert.deepEqual(await announced(), ['attendance']);
    // The parent signs, and the state moves on with it.
    const signed = { parentSignature, parentSignDate: '20170202100000', status: 'inactive', comment: 'seen' };
    assert.deepEqual(await submit(attendanceRecord(signed)), ['CL-1 updated']);
    assert.deepEqual(await announced(), ['attendance', 'parent-attendance']);
    // The agency reverts it: the parent's signature is gone and the provider signs again.
    assert.deepEqual(await submit(attendanceRecord({ providerSignDate: '20170203100000' })), ['CL-1 updated']);
    assert.deepEqual((await announced()).slice(2), ['attendance']);
    // Soft deletes are none.
    assert.deepEqual(await submit(attendanceRecord({ disabled: true })), ['CL-1 disabled']);
    assert.equal((await announced()).length, 3);
  });

  it('of provider and parent at once are two events, the provider first', async () => {
    const both = { parentSignature, parentSignDate: '20170202100000' };
    await submit(attendanceRecord(both), attendanceRecord({ ...both, entityId: 'A-2' }));
    assert.deepEqual(await announced(), ['attendance', 'parent-attendance', 'attendance', 'parent-attendance']);
  });

  it('are announced when the claim arrives that they wait for, with their signatures', async () => {
    assert.deepEqual(await submit(attendanceRecord({ entityId: 'A-9', claimId: '' })), [
      'A-9 parked REFERENCE_UNRESOLVED:claimId',
    ]);
    assert.deepEqual(await announced(), []);
    await party.send({ claim: [{ entityId: 'A-9' }] });
    assert.deepEqual(await announced(), ['attendance']);
    const { document } = (await party.records('claim_attendance'))['A-9']!;
    const { rows } = await world.stack.db.raw(
      `SELECT value FROM record_values WHERE tenant_id = ? AND encode(value_hash, 'hex') = ?`,
      [party.tenant.tenantId, String(document.providerSignatureHash)],
    );
    assert.deepEqual(rows, [{ value: providerSignature }]);
  });

  it('fill in copies and keep the signature out of the record', async () => {
    await submit(attendanceRecord());
    const { document } = (await party.records('claim_attendance'))['CL-1']!;
    assert.equal(document.providerName, 'Sunrise Center');
    assert.equal(document.childDOB, '20200131');
    assert.match(String(document.providerSignatureHash), /^[0-9a-f]{64}$/);
    assert.equal('providerSignature' in document, false);
    // Only the image is another one.
    assert.deepEqual(await submit(attendanceRecord({ providerSignature: parentSignature })), ['CL-1 updated']);
    assert.deepEqual(await announced(), ['attendance', 'attendance']);
  });

  it('are refused from integrators, and CCN may import nothing else', async () => {
    const refused = await post([attendanceRecord()], party.tenant.headers);
    assert.equal(refused.status, 403);
    assert.equal(refused.body.responseStatus.errorCode, 'FORBIDDEN');
    assert.match(refused.body.responseStatus.message, /only a key with the scope ccn/);
    const family = await post([{ entityId: 'F-2', name: 'Lee' }], asCcn(), 'family');
    assert.equal(family.status, 403);
    assert.match(family.body.responseStatus.message, /scope upload/);
    const place = (headers: Record<string, string>, EntityType: string): Promise<Answer> =>
      call(`${world.apiUrl}/appfile/file/path`, headers, 'POST', { FileName: 'a.cc5txt', EntityType });
    assert.equal((await place(party.tenant.headers, 'wks_attendance')).status, 403);
    assert.equal((await place(asCcn(), 'wks_family')).status, 403);
    assert.equal((await place(asCcn(), 'wks_attendance')).status, 200);
  });
});
