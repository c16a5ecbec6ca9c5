import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { temporal as proto } from '@temporalio/proto';
import { nightlySyncScheduleId } from '../../src/contracts/workflow-ids';
import { ensureNightlySync, ensureSchedules } from '../../src/doors/nightly-sync';
import { waitFor } from '../../scripts/stack/wait';
import { cc5File } from '../support/cc5-files';
import { InboxParty } from '../support/inbox-party';
import { spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant, type TestTenant } from '../support/tenants';
import { startApi, type ApiUnderTest } from './support/api-under-test';
import { call } from './support/client';

describe('schedules', function () {
  this.timeout(120_000);

  let stack: TestStack;
  let api: ApiUnderTest;
  let worker: SpawnedProcess;

  before(async () => {
    stack = await useStack();
    [api, worker] = await Promise.all([startApi(stack), spawnWorker(stack)]);
  });

  after(async () => {
    await worker.stop();
    await api.stop();
  });

  const idOf = ({ workspaceId, bucketId }: TestTenant): string => nightlySyncScheduleId(workspaceId, bucketId);

  async function newTenant(settings: Record<string, unknown> = {}): Promise<TestTenant & { scheduleId: string }> {
    const tenant = await freshTenant(stack);
    await ensureNightlySync(api.deps.temporal, { ...tenant, timeZone: 'America/Los_Angeles', settings });
    return { ...tenant, scheduleId: idOf(tenant) };
  }

  const act = (tenant: Pick<TestTenant, 'headers'>, scheduleId: string, verb: string, body?: unknown) =>
    call(`${api.url}/v1/schedules/${encodeURIComponent(scheduleId)}/${verb}`, tenant.headers, 'POST', body);

  async function audited({ tenantId }: TestTenant): Promise<string[]> {
    const entries = await stack.db('audit_log').where({ tenant_id: tenantId }).orderBy('audit_seq');
    return entries.map(({ action }) => action as string);
  }

  /** When Temporal itself says that a schedule starts something, between two instants. */
  async function startsBetween(scheduleId: string, from: string, to: string): Promise<string[]> {
    const at = (instant: string) => ({ seconds: Date.parse(instant) / 1000 }) as never;
    const { startTime }: proto.api.workflowservice.v1.IListScheduleMatchingTimesResponse =
      await api.deps.temporal.workflowService.listScheduleMatchingTimes({
        namespace: stack.config.temporal.namespace,
        scheduleId,
        startTime: at(from),
        endTime: at(to),
      });
    return (startTime ?? []).map(({ seconds }) => new Date(Number(seconds) * 1000).toISOString());
  }

  it('are made for every tenant, once, and follow its settings while they stay paused', async () => {
    const tenant = await freshTenant(stack);
    const { db, temporal, logger } = { ...api.deps, db: stack.db };
    await Promise.all([ensureSchedules({ db, temporal, logger }), ensureSchedules({ db, temporal, logger })]);
    const handle = temporal.schedule.getHandle(idOf(tenant));
    const made = await handle.describe();
    assert.equal(made.spec.timezone, 'America/Los_Angeles');
    assert.deepEqual(
      made.spec.calendars?.map(({ hour, minute }) => [hour[0]?.start, minute[0]?.start]),
      [[0, 30]],
    );
    assert.deepEqual(made.policies, { overlap: 'SKIP', catchupWindow: 2 * 3_600_000, pauseOnFailure: false });
    assert.equal(made.action.type === 'startWorkflow' && made.action.workflowType, 'inboxSweepWorkflow');

    await handle.pause('migration of the sender');
    const settings = { nightlySync: { hour: 23, minute: 15 } };
    await stack
      .db('tenants')
      .where({ tenant_id: tenant.tenantId })
      .update({ settings: JSON.stringify(settings), time_zone: 'America/New_York' });
    await ensureSchedules({ db, temporal, logger });
    const changed = await handle.describe();
    assert.deepEqual([changed.spec.timezone, changed.policies.catchupWindow], ['America/New_York', 195 * 60_000]);
    assert.deepEqual([changed.state.paused, changed.state.note], [true, 'migration of the sender']);
    await ensureSchedules({ db, temporal, logger });
    const again = await handle.describe();
    assert.deepEqual(again.info.lastUpdatedAt, changed.info.lastUpdatedAt, 'what is as planned is not touched');
  });

  it('start once on the nights when clocks change', async () => {
    const { scheduleId } = await newTenant();
    const spring = await startsBetween(scheduleId, '2027-03-13T20:00:00Z', '2027-03-15T20:00:00Z');
    assert.deepEqual(spring, ['2027-03-14T08:30:00.000Z', '2027-03-15T07:30:00.000Z']);
    const autumn = await startsBetween(scheduleId, '2027-11-06T20:00:00Z', '2027-11-08T20:00:00Z');
    assert.deepEqual(autumn, ['2027-11-07T07:30:00.000Z', '2027-11-08T08:30:00.000Z']);
  });

  it('may not start from 01:00 to 02:59, because of what Temporal makes of that on those nights', async () => {
    const { scheduleId } = await newTenant();
    const at = (hour: number) =>
      api.deps.temporal.schedule.getHandle(scheduleId).update((schedule) => ({
        ...schedule,
        spec: { calendars: [{ hour, minute: 30 }], timezone: 'America/Los_Angeles' },
      }));
    await at(2);
    assert.deepEqual(await startsBetween(scheduleId, '2027-03-13T20:00:00Z', '2027-03-14T20:00:00Z'), []);
    await at(1);
    const twice = await startsBetween(scheduleId, '2027-11-06T20:00:00Z', '2027-11-07T20:00:00Z');
    assert.deepEqual(twice, ['2027-11-07T08:30:00.000Z', '2027-11-07T09:30:00.000Z']);
    await ensureSchedules({ ...api.deps, db: stack.db });
    assert.equal((await startsBetween(scheduleId, '2027-11-06T20:00:00Z', '2027-11-07T20:00:00Z')).length, 1);
  });

  it('are listed, paused and resumed', async () => {
    const tenant = await newTenant();
    const { scheduleId } = tenant;
    const listed = await call(`${api.url}/v1/schedules`, tenant.headers);
    assert.equal(listed.status, 200);
    const [schedule] = listed.body.schedules;
    assert.match(schedule.nextRunAt, /T0[78]:30:00.000Z$/);
    assert.deepEqual(
      { ...schedule, nextRunAt: null },
      {
        scheduleId,
        kind: 'nightly-sync',
        timeZone: 'America/Los_Angeles',
        cron: '30 0 * * *',
        nextRunAt: null,
        lastRun: null,
        paused: false,
        note: null,
        missedRuns: 0,
        skippedRuns: 0,
      },
    );
    assert.equal((await act(tenant, scheduleId, 'pause', {})).body.error.field, 'note');
    assert.equal((await act(tenant, scheduleId, 'pause', { note: 'holiday' })).status, 200);
    const [paused] = (await call(`${api.url}/v1/schedules`, tenant.headers)).body.schedules;
    assert.deepEqual([paused.paused, paused.note, paused.nextRunAt], [true, 'holiday', null]);
    assert.equal((await act(tenant, scheduleId, 'resume')).status, 200);
    const [resumed] = (await call(`${api.url}/v1/schedules`, tenant.headers)).body.schedules;
    assert.deepEqual([resumed.paused, resumed.nextRunAt], [false, schedule.nextRunAt]);
    assert.deepEqual(await audited(tenant), ['schedule.paused', 'schedule.resumed']);
  });

  it('sweep the inbox when they are triggered, and twice do nothing twice', async () => {
    const tenant = await newTenant();
    const { scheduleId } = tenant;
    const party = new InboxParty(stack, api.deps.temporal, tenant);
    await party.setSettings({ inbox: { settleSeconds: 3 } });
    await party.drop({ 'f.cc5txt': cc5File(tenant, 'family', 'entityId|name|disabled:bool', ['F-1|Ruiz|false']) });
    const answers = await Promise.all([act(tenant, scheduleId, 'trigger'), act(tenant, scheduleId, 'trigger')]);
    for (const { status, body } of answers) {
      assert.deepEqual([status, body], [202, { scheduleId, triggered: true }]);
    }
    const ended = async () => (await party.events('nightly-sync.completed')).length;
    const started = async () => stack.db('inbox_sweeps').where({ tenant_id: tenant.tenantId });
    await waitFor('the first run', async () => (await started()).length === 1, { timeoutMs: 30_000 });
    // Those of the same second are one; one that comes while a run is under way is another run after it.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.equal(await ended(), 0, 'the first run is under way');
    await act(tenant, scheduleId, 'trigger');
    await waitFor('both runs', async () => (await ended()) === 2, { timeoutMs: 60_000 });
    const uploads = await party.uploads();
    assert.deepEqual(
      uploads.map(({ status }) => status),
      ['completed'],
    );
    assert.deepEqual(await party.names(), []);
    await waitFor(
      'the last run to be listed',
      async () => {
        const [{ lastRun }] = (await call(`${api.url}/v1/schedules`, tenant.headers)).body.schedules;
        return lastRun?.status === 'completed' && lastRun.workflowId.startsWith('inbox-sweep/');
      },
      { timeoutMs: 30_000 },
    );
    assert.deepEqual(await audited(tenant), Array(3).fill('schedule.triggered'));
    const query = `WorkflowType = 'inboxSweepWorkflow' AND CarewayTenant = '${tenant.workspaceId}/${tenant.bucketId}'`;
    assert.equal((await api.deps.temporal.workflow.count(query)).count, 2);
  });

  it('are there as soon as a tenant is made, and change with its settings', async () => {
    const { opsKey } = await freshTenant(stack);
    const id = randomUUID().slice(0, 8);
    const place = { workspaceId: `ws-${id}`, bucketId: `bk-${id}` };
    const ops = { 'x-api-key': opsKey };
    const tenant = { ...place, name: 'New', timeZone: 'America/Chicago' };
    assert.equal((await call(`${api.url}/v1/tenants`, ops, 'POST', tenant)).status, 201);
    const headers = {
      ...ops,
      'X-Param-Override-WorkspaceId': place.workspaceId,
      'X-Param-Override-BucketId': place.bucketId,
    };
    const listed = async () => (await call(`${api.url}/v1/schedules`, headers)).body.schedules[0];
    const { cron, timeZone } = await listed();
    assert.deepEqual([cron, timeZone], ['30 0 * * *', 'America/Chicago']);
    const { schedules } = (await call(`${api.url}/v1/schedules`, headers)).body;
    const [, patients] = schedules as { scheduleId: string; kind: string; cron: string; timeZone: string }[];
    const scheduleId = `patient-import/${place.workspaceId}/${place.bucketId}`;
    assert.equal(schedules.length, 2);
    const { kind, cron: midnight, timeZone: itsZone } = patients!;
    assert.deepEqual(
      [patients!.scheduleId, kind, midnight, itsZone],
      [scheduleId, 'patient-import', '0 0 * * *', 'America/Chicago'],
    );
    const handle = api.deps.temporal.schedule.getHandle(scheduleId);
    assert.deepEqual((await handle.describe()).policies, {
      overlap: 'SKIP',
      catchupWindow: 150 * 60_000,
      pauseOnFailure: false,
    });
    for (const [verb, paused] of [
      ['pause', true],
      ['resume', false],
    ] as const) {
      assert.equal((await act({ headers }, scheduleId, verb, { note: 'n' })).status, 200);
      assert.equal((await handle.describe()).state.paused, paused);
    }
    const change = (nightlySync: unknown) =>
      call(`${api.url}/v1/tenants/${place.workspaceId}/${place.bucketId}`, ops, 'PATCH', { settings: { nightlySync } });
    assert.equal((await change({ hour: 2, minute: 30 })).status, 400);
    assert.equal((await change({ hour: 23, minute: 5 })).status, 200);
    assert.equal((await listed()).cron, '5 23 * * *');
  });

  it('belong to one tenant', async () => {
    const [own, other] = await Promise.all([newTenant(), newTenant()]);
    for (const verb of ['trigger', 'resume', 'pause']) {
      for (const id of [other.scheduleId, 'nightly-sync', 'nightly-sync/a/b', 'no-such']) {
        const { status, body } = await act(own, id, verb, { note: 'n' });
        assert.deepEqual([status, body.error.code], [404, 'NOT_FOUND'], `${verb} ${id}`);
      }
    }
    assert.deepEqual([...(await audited(own)), ...(await audited(other))], []);
    const ops = {
      'x-api-key': own.opsKey,
      'X-Param-Override-WorkspaceId': other.workspaceId,
      'X-Param-Override-BucketId': other.bucketId,
    };
    const listed = await call(`${api.url}/v1/schedules`, ops);
    assert.equal(listed.body.schedules[0].scheduleId, other.scheduleId);
    assert.equal((await call(`${api.url}/v1/schedules`, { 'x-api-key': own.ccnKey })).status, 403);
  });
});
