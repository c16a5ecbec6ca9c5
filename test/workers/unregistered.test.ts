import assert from 'node:assert/strict';
import { Connection } from '@temporalio/client';
import { waitFor } from '../../scripts/stack/wait';
import { ensureNightlySync } from '../../src/doors/nightly-sync';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { spawnApi, spawnWorker } from '../support/processes';
import { useStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { Party } from '../support/upload-world';

describe('a namespace that does not know our search attributes', () => {
  it('takes uploads and has schedules all the same', async function () {
    this.timeout(120_000);
    const stack = await useStack();
    const namespace = 'unprepared';
    const connection = await Connection.connect({ address: stack.temporalAddress });
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const known = (): Promise<boolean> => connection.workflowService.describeNamespace({ namespace }).then(() => true);
    await waitFor('the namespace', known, { timeoutMs: 30_000, everyMs: 200 });
    await connection.close();

    const env = { CAREWAY_TEMPORAL_NAMESPACE: namespace };
    const [api, worker] = await Promise.all([spawnApi(stack, env), spawnWorker(stack, env)]);
    try {
      const party = new Party(stack, api.url, await freshTenant(stack));
      assert.equal((await party.send({ family: [{}] })).status, 'completed');
      const temporal = await createTemporalClient({
        ...stack.config,
        temporal: { ...stack.config.temporal, namespace },
      });
      const tenant = { ...party.tenant, timeZone: 'America/Los_Angeles', settings: {} };
      await ensureNightlySync(temporal.client, tenant);
      await ensureNightlySync(temporal.client, tenant);
      const { schedules } = (await party.client.call('GET', '/v1/schedules')) as { schedules: { kind: string }[] };
      assert.equal(schedules.filter(({ kind }) => kind === 'nightly-sync').length, 1);
      await temporal.close();
    } finally {
      await Promise.all([api.stop(), worker.stop()]);
    }
  });
});
