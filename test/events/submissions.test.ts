import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { recordIdOf } from '../../src/domain/record-id';
import { call, type Answer } from '../api/support/client';
import { sweepLeftovers } from '../../src/doors/sweep-leftovers';
import { attendanceRecord, exampleAttendance, parentSignature, providerSignature } from '../support/attendance';
import { cc5File } from '../support/cc5-files';
import { UploadClient } from '../support/upload-client';
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

  it('give out signatures with a single record, and hashes in lists', async () => {
    await submit(attendanceRecord({ parentSignature }));
    const { headers } = party.tenant;
    const query = { Query: { entityId: 'CL-1' } };
    const listed = await call(`${world.apiUrl}/appdata/claim_attendance/query`, headers, 'POST', query);
    const [inList] = listed.body.data;
    assert.match(inList.parentSignatureHash, /^[0-9a-f]{64}$/);
    assert.ok(!listed.text.includes(parentSignature) && !listed.text.includes(providerSignature));
    const retrieve = (path: string): Promise<Answer> => call(`${world.apiUrl}${path}`, headers);
    const byId = (await retrieve(`/appdata/claim_attendance/retrieve?id=${inList.id}`)).body.data;
    assert.deepEqual([byId.parentSignature, byId.providerSignature], [parentSignature, providerSignature]);
    const native = (await retrieve('/v1/records/claim_attendance/CL-1')).body;
    assert.deepEqual([native.parentSignature, native.providerSignature], [parentSignature, providerSignature]);
    const only = await retrieve(`/appdata/claim_attendance/retrieve?id=${inList.id}&Fields=entityId,parentSignature`);
    assert.deepEqual(only.body.data, { entityId: 'CL-1', parentSignature });
    const hashes = { ...query, Fields: ['parentSignatureHash'] };
    const projected = await call(`${world.apiUrl}/appdata/claim_attendance/query`, headers, 'POST', hashes);
    assert.deepEqual(projected.body.data, [{ parentSignatureHash: inList.parentSignatureHash }]);
  });

  it('come as files too, from CCN only', async () => {
    const row = ['CL-1', 'CL-1', 'M-1', 'P-1', JSON.stringify(exampleAttendance), providerSignature].join('|');
    const columns = 'entityId|claimId|childId|providerId|attendance:object|providerSignature';
    const file = cc5File(party.tenant, 'claim_attendance', columns, [row]);
    const refused = await party.client.upload({ 'attendance.cc5txt': file });
    assert.deepEqual([refused.status, refused.failure?.code], ['failed', 'FILE_ENTITY_FORBIDDEN']);
    const ccn = new UploadClient(world.apiUrl, { ...party.tenant, headers: asCcn() });
    assert.deepEqual(await party.outcomes(await ccn.upload({ 'attendance.cc5txt': file })), ['CL-1 created']);
    const families = await ccn.upload({ 'family.cc5txt': party.filesOf({ family: [{}] })['family.cc5txt']! });
    assert.equal(families.failure?.code, 'FILE_ENTITY_FORBIDDEN');
  });

  it('leave nothing behind that no record holds, and events for 30 days', async () => {
    await submit(attendanceRecord(), attendanceRecord({ entityId: 'A-9', claimId: '', providerSignature: 'AAAA' }));
    await submit(attendanceRecord({ providerSignature: parentSignature }));
    const { db } = world.stack;
    const { tenantId } = party.tenant;
    const values = async (): Promise<string[]> =>
      (await db('record_values').where({ tenant_id: tenantId }).orderBy('value')).map(({ value }) => value as string);
    assert.equal((await values()).length, 3);
    await db('record_values')
      .where({ tenant_id: tenantId })
      .update({ kept_at: new Date(Date.now() - 3 * 86_400_000) });
    const old = new Date(Date.now() - 31 * 86_400_000);
    const published = db('events').where({ tenant_id: tenantId }).whereNotNull('published_at');
    await waitFor('all to be sent', async () => Number((await published.clone().count())[0]?.count) >= 6, {
      timeoutMs: 20_000,
    });
    const [oldest] = await published.clone().orderBy('place').limit(1);
    await db('events').where({ event_id: oldest.event_id }).update({ created_at: old });
    await db('events').insert({ tenant_id: tenantId, event_type: 'attendance', body: '{}', created_at: old });
    // An upload of that age may have staged them.
    const [waiting] = await db('uploads')
      .insert({
        ...{ upload_id: randomUUID(), tenant_id: tenantId, source: 'test', mode: 'commit', atomicity: 'record' },
        ...{ status: 'running', accepted_at: new Date(Date.now() - 4 * 86_400_000) },
      })
      .returning('upload_seq');
    await sweepLeftovers(db);
    assert.equal((await values()).length, 3);
    await db('uploads').where(waiting).delete();
    await sweepLeftovers(db);
    // The row that waits for its claim keeps its own.
    assert.deepEqual(await values(), ['AAAA', parentSignature].sort());
    const left = await db('events').where({ tenant_id: tenantId, created_at: old });
    assert.deepEqual(
      left.map(({ published_at: at }) => at as unknown),
      [null],
    );
    await db('events').where({ tenant_id: tenantId, created_at: old }).delete();
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
