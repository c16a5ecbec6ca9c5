import { anyPorts, startInfrastructure, type Infrastructure } from '../scripts/stack/infrastructure';
import { startProcess } from '../scripts/stack/careway-process';
import { temporaryFolder } from '../scripts/stack/temporary-folder';
import type { Child } from '../scripts/stack/child';
import { createDatabase } from '../src/db/client';
import { createTemporalClient, type TemporalConnection } from '../src/platform/temporal-client';
import { createApiKey } from '../src/db/queries/api-keys';
import { ensureTenant } from '../src/db/queries/tenants';
import type { Knex } from 'knex';
import { peakMemoryMiB } from './measure';
import { accessHeaders, UploadClient } from '../scripts/sample/upload-client';

export interface BenchStack {
  infrastructure: Infrastructure;
  db: Knex;
  /** That of the uploads first, then those of the records. */
  workers: readonly [Child, ...Child[]];
  api: Child;
  temporal: TemporalConnection;
  newTenant(): Promise<BenchTenant>;
  stop(): Promise<void>;
}

export interface BenchTenant {
  tenantId: number;
  workspaceId: string;
  bucketId: string;
  client: UploadClient;
}

/** The service as it is deployed, on PostgreSQL as the embedded stack sets it up: nothing is switched off for speed. */
export async function startBenchStack(recordsWorkers = 1): Promise<BenchStack> {
  const infrastructure = await startInfrastructure({
    dataDir: temporaryFolder('bench'),
    temporary: true,
    ports: anyPorts,
    report: (line) => process.stderr.write(`! ${line}\n`),
  });
  const db = createDatabase(infrastructure.databaseUrl);
  const workers = await Promise.all([
    startProcess(infrastructure, 'worker-uploads'),
    ...Array.from({ length: recordsWorkers }, (_, index) =>
      startProcess(infrastructure, 'worker-records', { name: `worker-records-${index + 1}` }),
    ),
  ]);
  const api = await startProcess(infrastructure, 'api');
  infrastructure.onStop('api', () => api.stop());
  workers.forEach((worker) => infrastructure.onStop(worker.name, () => worker.stop()));
  const temporal = await createTemporalClient(infrastructure.config);
  let tenants = 0;
  return {
    infrastructure,
    db,
    workers,
    api,
    temporal,
    async newTenant() {
      tenants += 1;
      const place = { workspaceId: 'ws-bench', bucketId: `bk-${tenants}` };
      const { tenantId } = await ensureTenant(db, { ...place, name: 'Bench' });
      const limits = { requestsPerSecond: 10_000, burst: 10_000 };
      const { key } = await createApiKey(db, { tenantId, name: 'bench', scopes: ['upload', 'query'], limits });
      const headers = accessHeaders(place, key);
      const apiUrl = `http://127.0.0.1:${infrastructure.apiPort}`;
      return { tenantId, ...place, client: new UploadClient(apiUrl, { headers }) };
    },
    async stop() {
      await temporal.close();
      await db.destroy();
      await infrastructure.stop();
    },
  };
}

export function peakMemoryLines({ workers }: BenchStack): string[] {
  return workers.map(({ name, pid }) => `${`${name}, peak memory`.padEnd(34)}${peakMemoryMiB(pid)} MiB`);
}
