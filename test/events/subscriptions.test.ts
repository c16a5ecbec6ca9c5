import assert from 'node:assert/strict';
import { SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { uploadWorkflowId } from '../../src/contracts/workflow-ids';
import { changeSubscription, findSubscription } from '../../src/db/queries/subscriptions';
import { waitFor } from '../../scripts/stack/wait';
import { call, type Answer } from '../api/support/client';
import { attendanceRecord } from '../support/attendance';
import { batchOf } from '../support/batches';
import { Receiver } from '../support/receiver';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

describe('subscriptions', function () {
  this.timeout(180_000);
  let world: UploadWorld;
  let mine: Party;
  let theirs: Party;
  const receivers: Receiver[] = [];

  before(async () => {
    world = await openWorld();
    [mine, theirs] = await Promise.all([world.party(), world.party()]);
    await Promise.all([mine.send(wholeSet), theirs.send(wholeSet)]);
  });
  after(async () => {
    await world?.close();
    await Promise.all(receivers.map((receiver) => receiver.down().catch(() => undefined)));
  });

  const ask = (path: string, method = 'GET', body?: unknown, party = mine): Promise<Answer> =>
    call(world.apiUrl + path, party.tenant.headers, method, body);

  async function receiver(): Promise<Receiver> {
    const made = new Receiver();
    await made.up();
    receivers.push(made);
    return made;
  }

  async function subscribe(endpoint: string, eventTypes: readonly string[], party = mine): Promise<string> {
    const answer = await ask('/v1/subscriptions', 'POST', { endpoint, eventTypes }, party);
    assert.equal(answer.status, 201, answer.text);
    const { subscriptionId } = answer.body;
    await waitFor('the confirmation', async () => (await state(subscriptionId, party)).status === 'active', {
      timeoutMs: 20_000,
    });
    return subscriptionId as string;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const state = async (id: string, party = mine): Promise<any> =>
    (await ask(`/v1/subscriptions/${id}`, 'GET', undefined, party)).body;

  let submissions = 0;
  /** Something new from CCN. Its events have gone out when it is done: a subscription that is made later gets none of them. */
  async function submit(party = mine): Promise<void> {
    submissions += 1;
    const headers = { ...party.tenant.headers, 'x-api-key': party.tenant.ccnKey };
    const records = [attendanceRecord({ providerSignDate: String(20260101000000 + submissions) })];
    const batch = batchOf(party.tenant, 'claim_attendance', { data: records });
    const answer = await call(`${world.apiUrl}/appfile/file/import/data`, headers, 'POST', batch);
    assert.equal(answer.status, 200, answer.text);
    const upload = await party.client.finished(answer.body.data.uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    await world.temporal.workflow.getHandle(uploadWorkflowId(upload.uploadId)).result();
  }

  const heard = (from: Receiver, count: number): Promise<unknown> =>
    waitFor(`${count} events`, async () => from.eventIds().length >= count, { timeoutMs: 30_000 });

  it('bring the events of their types and of their tenant only', async () => {
    const [a, b, all] = [await receiver(), await receiver(), await receiver()];
    await subscribe(a.url(), ['attendance']);
    await subscribe(b.url(), ['attendance'], theirs);
    const allId = await subscribe(all.url(), ['attendance', 'upload.completed']);
    await submit();
    await Promise.all([heard(a, 1), heard(all, 2)]);
    await submit(theirs);
    await heard(b, 1);
    assert.deepEqual(
      a.taken.map(({ message }) => [message.event_type, message.workspace_id]),
      [['attendance', mine.tenant.workspaceId]],
    );
    assert.deepEqual(
      b.taken.map(({ message }) => message.workspace_id),
      [theirs.tenant.workspaceId],
    );
    assert.deepEqual(all.taken.map(({ attributes }) => attributes.eventType?.Value).sort(), [
      'attendance',
      'upload.completed',
    ]);
    const { sentEvents, lag, lastEventId } = await state(allId);
    assert.deepEqual([sentEvents, lag], [2, { events: 0, oldestSeconds: 0 }]);
    assert.ok(all.eventIds().includes(lastEventId));
  });

  it('are another tenant’s business only for that tenant', async () => {
    const a = await receiver();
    const id = await subscribe(a.url(), ['attendance']);
    for (const [path, method] of [
      [`/v1/subscriptions/${id}`, 'GET'],
      [`/v1/subscriptions/${id}`, 'DELETE'],
      [`/v1/subscriptions/${id}/pause`, 'POST'],
      [`/v1/subscriptions/${id}/resume`, 'POST'],
      [`/v1/subscriptions/${id}/test`, 'POST'],
    ] as const) {
      const answer = await ask(path, method, method === 'POST' ? {} : undefined, theirs);
      assert.equal(answer.status, 404, `${method} ${path}`);
    }
    const list = await ask('/v1/subscriptions', 'GET', undefined, theirs);
    assert.ok(!list.text.includes(id));
    await submit();
    const { events } = (await ask('/v1/events')).body;
    const { eventId } = events.at(-1);
    assert.equal((await ask(`/v1/events/${eventId}/redeliver`, 'POST', {}, theirs)).status, 404);
    assert.ok(!(await ask('/v1/events', 'GET', undefined, theirs)).text.includes(eventId));
    // An own event cannot be sent to a stranger's subscription.
    const own = (await ask('/v1/events', 'GET', undefined, theirs)).body.events[0].eventId;
    const crossed = await ask(`/v1/events/${own}/redeliver`, 'POST', { subscriptionId: id }, theirs);
    assert.equal(crossed.status, 404);
  });

  it('of one endpoint for two tenants are two, each with its own events', async () => {
    const shared = await receiver();
    await subscribe(shared.url('/shared'), ['attendance']);
    await subscribe(shared.url('/shared'), ['attendance'], theirs);
    await Promise.all([submit(), submit(theirs)]);
    const byPath = (): Map<string, string | undefined> =>
      new Map(shared.taken.map(({ path, message }) => [path, message.workspace_id]));
    await waitFor('events of both', async () => byPath().size === 2, { timeoutMs: 30_000 });
    assert.deepEqual(new Set(byPath().values()), new Set([mine.tenant.workspaceId, theirs.tenant.workspaceId]));
    for (const { path, message } of shared.taken) assert.equal(message.workspace_id, byPath().get(path), path);
    const again = await ask('/v1/subscriptions', 'POST', {
      endpoint: shared.url('/shared'),
      eventTypes: ['attendance'],
    });
    assert.equal(again.status, 200);
    const other = await ask('/v1/subscriptions', 'POST', {
      endpoint: shared.url('/shared'),
      eventTypes: ['parent-attendance'],
    });
    assert.deepEqual([other.status, other.body.error.code], [409, 'SUBSCRIPTION_EXISTS']);
  });

  it('hold events back while they are paused, and give them all afterwards', async () => {
    const a = await receiver();
    const id = await subscribe(a.url(), ['attendance']);
    await submit();
    await heard(a, 1);
    assert.equal((await ask(`/v1/subscriptions/${id}/pause`, 'POST', {})).body.status, 'paused');
    await submit();
    await submit();
    assert.equal((await state(id)).lag.events, 2);
    assert.equal(a.taken.length, 1);
    assert.equal((await ask(`/v1/subscriptions/${id}/resume`, 'POST', {})).body.status, 'active');
    await heard(a, 3);
    await waitFor('no lag', async () => (await state(id)).lag.events === 0, { timeoutMs: 10_000 });
    assert.equal(a.taken.length, 3);
  });

  it('can be tried, and get an event again with the same id', async () => {
    const [a, b] = [await receiver(), await receiver()];
    const id = await subscribe(a.url(), ['attendance']);
    await subscribe(b.url(), ['attendance']);
    const { eventId: tried } = (await ask(`/v1/subscriptions/${id}/test`, 'POST', {})).body;
    await heard(a, 1);
    assert.deepEqual(a.eventIds(), [tried]);
    assert.equal(a.taken[0]?.message.eventType, 'subscription.test');
    await submit();
    await Promise.all([heard(a, 2), heard(b, 1)]);
    const [event] = b.eventIds();
    await ask(`/v1/events/${event}/redeliver`, 'POST', { subscriptionId: id });
    await waitFor('the event again', async () => a.taken.length === 3, { timeoutMs: 20_000 });
    assert.equal(a.taken[2]?.attributes.eventId?.Value, event);
    assert.deepEqual(a.taken[2]?.message, a.taken[1]?.message);
    assert.equal(b.taken.length, 1);
    await ask(`/v1/events/${event}/redeliver`, 'POST', {});
    await waitFor('it for both', async () => a.taken.length === 4 && b.taken.length === 2, { timeoutMs: 20_000 });
  });

  it('may be queues', async () => {
    const sqs = async (action: string, body: object): Promise<Record<string, never>> => {
      const answer = await fetch(world.stack.snsEndpoint, {
        method: 'POST',
        headers: { 'X-Amz-Target': `AmazonSQS.${action}`, 'Content-Type': 'application/x-amz-json-1.0' },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, never>;
    };
    const { QueueUrl } = await sqs('CreateQueue', { QueueName: `q-${mine.tenant.bucketId}` });
    const endpoint = `arn:aws:sqs:us-east-1:000000000000:q-${mine.tenant.bucketId}`;
    const subscriptionId = await subscribe(endpoint, ['attendance']);
    await submit();
    let body = '';
    await waitFor(
      'the message in the queue',
      async () => {
        const { Messages = [] as { Body: string }[] } = await sqs('ReceiveMessage', { QueueUrl });
        body = (Messages as { Body: string }[])[0]?.Body ?? '';
        return body !== '';
      },
      { timeoutMs: 20_000 },
    );
    const { Message } = JSON.parse(body) as { Message: string };
    assert.equal((JSON.parse(Message) as { event_type: string }).event_type, 'attendance');
    const taken = await ask('/v1/subscriptions', 'POST', { endpoint, eventTypes: ['attendance'] }, theirs);
    assert.deepEqual([taken.status, taken.body.error.code], [409, 'SUBSCRIPTION_EXISTS']);
    await ask(`/v1/subscriptions/${subscriptionId}`, 'DELETE');
  });

  it('are seen to be gone when SNS has lost them, and can be had again', async () => {
    const a = await receiver();
    const id = await subscribe(a.url(), ['attendance']);
    const sns = new SNSClient({ endpoint: world.stack.snsEndpoint, region: 'us-east-1' });
    await sns.send(new UnsubscribeCommand({ SubscriptionArn: (await state(id)).subscriptionArn }));
    sns.destroy();
    assert.equal((await state(id)).status, 'gone');
    await ask('/v1/subscriptions', 'POST', { endpoint: a.url(), eventTypes: ['attendance'] });
    await waitFor('the confirmation', async () => (await state(id)).status === 'active', { timeoutMs: 20_000 });
  });

  it('keep what another request has made of them', async () => {
    const a = await receiver();
    const id = await subscribe(a.url(), ['attendance']);
    const { db } = world.stack;
    const read = (await findSubscription(db, mine.tenant.tenantId, id))!;
    const change = { status: 'paused', pausedPlace: '0' } as const;
    assert.equal(await changeSubscription(db, { ...read, status: 'pending' }, change), false);
    assert.equal((await state(id)).status, 'active');
    await ask(`/v1/subscriptions/${id}`, 'DELETE');
    assert.equal(await changeSubscription(db, read, { status: 'gone' }), false);
    assert.equal((await ask(`/v1/subscriptions/${id}`)).status, 404);
  });

  it('end when they are deleted', async () => {
    const [a, b] = [await receiver(), await receiver()];
    const id = await subscribe(a.url(), ['attendance']);
    await subscribe(b.url(), ['attendance']);
    assert.equal((await ask(`/v1/subscriptions/${id}`, 'DELETE')).status, 204);
    assert.equal((await ask(`/v1/subscriptions/${id}`)).status, 404);
    await submit();
    await heard(b, 1);
    assert.equal(a.taken.length, 0);
  });

  it('are replayed in order, page by page', async () => {
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const page = (await ask(`/v1/events?limit=3${after && `&after=${after}`}`)).body;
      seen.push(...page.events.map(({ eventId }: { eventId: string }) => eventId));
      after = page.nextCursor;
      if (!page.hasMore) break;
    }
    const rows = await world.stack.db('events').where({ tenant_id: mine.tenant.tenantId }).orderBy('place');
    assert.deepEqual(
      seen,
      rows.map(({ event_id: id }) => id as string),
    );
    await submit();
    const { events } = (await ask(`/v1/events?after=${after}&eventTypes=attendance`)).body;
    assert.deepEqual(
      events.map(({ message }: { message: Record<string, string> }) => Object.keys(message)),
      [['id', 'datasource_code', 'workspace_id', 'bucket_id', 'event_type', 'event_time']],
    );
  });

  for (const [endpoint, status, code] of [
    ['http://example.com/', 400, 'INVALID_REQUEST'],
    ['https://10.1.2.3/', 400, 'ENDPOINT_NOT_PUBLIC'],
    ['https://169.254.169.254/latest/meta-data', 400, 'ENDPOINT_NOT_PUBLIC'],
    ['https://[fe80::1]/', 400, 'ENDPOINT_NOT_PUBLIC'],
    ['https://[::ffff:127.0.0.1]/', 400, 'ENDPOINT_NOT_PUBLIC'],
    ['https://2130706433.nowhere.invalid/', 400, 'INVALID_REQUEST'],
    ['https://me:secret@example.com/', 400, 'INVALID_REQUEST'],
    ['ftp://example.com/', 400, 'INVALID_REQUEST'],
    ['arn:aws:sns:us-east-1:000000000000:careway-events', 400, 'INVALID_REQUEST'],
  ] as const) {
    it(`refuse ${endpoint}`, async () => {
      const answer = await ask('/v1/subscriptions', 'POST', { endpoint, eventTypes: ['attendance'] });
      assert.deepEqual([answer.status, answer.body.error.code], [status, code], answer.text);
    });
  }

  it('stand in the audit log', async () => {
    const rows = await world.stack
      .db('audit_log')
      .where({ tenant_id: mine.tenant.tenantId })
      .whereRaw(`action ~ '^(subscription|event)'`)
      .distinct('action');
    assert.deepEqual(rows.map(({ action }) => action as string).sort(), [
      'event.redelivered',
      'subscription.created',
      'subscription.deleted',
      'subscription.paused',
      'subscription.resumed',
      'subscription.tested',
    ]);
  });
});
