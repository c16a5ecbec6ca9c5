import assert from 'node:assert/strict';
import { waitFor } from '../../scripts/stack/wait';
import { call, type Answer } from '../api/support/client';
import { attendanceRecord } from '../support/attendance';
import { batchOf } from '../support/batches';
import { spawnWorker, type SpawnedProcess } from '../support/processes';
import { Receiver } from '../support/receiver';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

describe('delivery of events', function () {
  this.timeout(240_000);
  let world: UploadWorld;
  let party: Party;
  let further: SpawnedProcess | undefined;
  const receivers: Receiver[] = [];

  before(async () => {
    world = await openWorld();
  });
  beforeEach(async () => {
    party = await world.party();
    await party.send(wholeSet);
  });
  after(async () => {
    await further?.stop();
    await world?.close();
    await Promise.all(receivers.map((receiver) => receiver.down().catch(() => undefined)));
  });

  const ask = (path: string, method = 'GET', body?: unknown): Promise<Answer> =>
    call(world.apiUrl + path, party.tenant.headers, method, body);

  async function subscriber(): Promise<Receiver & { id: string }> {
    const receiver = new Receiver();
    await receiver.up();
    receivers.push(receiver);
    const answer = await ask('/v1/subscriptions', 'POST', { endpoint: receiver.url(), eventTypes: ['attendance'] });
    const { subscriptionId: id } = answer.body;
    await waitFor('the confirmation', async () => (await ask(`/v1/subscriptions/${id}`)).body.status === 'active', {
      timeoutMs: 20_000,
    });
    return Object.assign(receiver, { id: id as string });
  }

  async function submit(...ids: readonly string[]): Promise<string> {
    const headers = { ...party.tenant.headers, 'x-api-key': party.tenant.ccnKey };
    const data = ids.map((entityId) => attendanceRecord({ entityId }));
    const batch = batchOf(party.tenant, 'claim_attendance', { data });
    const answer = await call(`${world.apiUrl}/appfile/file/import/data`, headers, 'POST', batch);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data.uploadId as string;
  }

  const heard = (from: Receiver, count: number): Promise<unknown> =>
    waitFor(`${count} events`, async () => from.eventIds().length >= count, { timeoutMs: 60_000 });

  it('to one that is down, fails or is slow delays no other, and all arrive later', async () => {
    const [healthy, down, failing, slow] = [
      await subscriber(),
      await subscriber(),
      await subscriber(),
      await subscriber(),
    ];
    await down.down();
    failing.status = 500;
    slow.delayMs = 2_500;
    await party.client.finished(await submit('A-1', 'A-2'));
    await heard(healthy, 2);
    assert.deepEqual([down.taken.length, failing.taken.length, slow.taken.length], [0, 0, 0]);
    await waitFor('a second try', async () => failing.attempts >= 3, { timeoutMs: 20_000 });
    assert.equal(failing.taken.length, 0);
    await down.up();
    failing.status = 200;
    await Promise.all([heard(down, 2), heard(failing, 2), heard(slow, 2)]);
    for (const each of [down, failing, slow]) assert.deepEqual(each.eventIds().sort(), healthy.eventIds().sort());
    assert.equal(healthy.taken.length, 2);
  });

  it('that was refused for good can be had again', async () => {
    const [refusing, other] = [await subscriber(), await subscriber()];
    refusing.status = 410;
    await submit('A-1');
    await heard(other, 1);
    await waitFor('the refusal', async () => refusing.attempts >= 2, { timeoutMs: 20_000 });
    refusing.status = 200;
    const [eventId] = other.eventIds();
    await ask(`/v1/events/${eventId}/redeliver`, 'POST', { subscriptionId: refusing.id });
    await heard(refusing, 1);
    assert.deepEqual(refusing.eventIds(), [eventId]);
    assert.equal(other.taken.length, 1);
  });

  it('survives a worker that is killed in it: one event for a submission, at least once', async () => {
    const receiver = await subscriber();
    const ids = Array.from({ length: 400 }, (_, i) => `A-${i}`);
    const uploadId = await submit(...ids);
    await heard(receiver, 5);
    await world.worker.kill('SIGKILL');
    const before = receiver.eventIds().length;
    assert.ok(before < ids.length, `${before} had gone out before the kill`);
    further = await spawnWorker(world.stack);
    await party.client.finished(uploadId);
    await heard(receiver, ids.length);
    const events = await world.stack
      .db('events')
      .where({ tenant_id: party.tenant.tenantId, event_type: 'attendance' })
      .select('event_id', 'body');
    assert.equal(events.length, ids.length);
    assert.deepEqual(receiver.eventIds().sort(), events.map(({ event_id: id }) => id as string).sort());
    const records = new Set(events.map(({ body }) => body.id as string));
    assert.equal(records.size, ids.length);
    const said = new Map<string, string>();
    for (const { attributes, message } of receiver.taken) {
      const id = attributes.eventId?.Value ?? '';
      assert.equal(said.get(id) ?? JSON.stringify(message), JSON.stringify(message));
      said.set(id, JSON.stringify(message));
    }
  });
});
