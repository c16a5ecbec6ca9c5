import { isDeepStrictEqual } from 'node:util';
import { putDataSet } from '../../test/support/data-set-upload';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../../test/support/processes';
import type { TestStack } from '../../test/support/stack';
import { freshTenant } from '../../test/support/tenants';
import { UploadClient } from '../sample/upload-client';
import { ended, reached } from '../../test/support/upload-moments';
import { stateOf, undelivered } from '../../test/support/upload-state';
import { listenForEvents } from '../sample/event-listener';
import { sleep, waitFor } from '../stack/wait';
import type { Disturbance } from './plan';

export interface ChaosOptions {
  rows: number;
  /** How long S3 and SNS are away. */
  outageMs: number;
  /** How long one run may take. */
  patienceMs: number;
}

export interface RunReport {
  tookMs: number;
  /** What was done, and in which step of the upload. */
  done: string[];
  /** Empty when everything is as in the undisturbed run. */
  differences: string[];
}

type State = Record<string, unknown>;

/** Small chunks and pages: a moment can fall between any two of them. */
const smallPieces = { CAREWAY_CHUNK_BYTES: String(512 * 1024), CAREWAY_COMMIT_PAGE_ROWS: '4000' };

/** One API and one worker on a stack, and uploads of the same rows through them. */
export class Arena {
  private expected: State | undefined;

  private constructor(
    private readonly stack: TestStack,
    private readonly options: ChaosOptions,
    private readonly api: SpawnedProcess & { url: string },
    private worker: SpawnedProcess,
  ) {}

  static async open(stack: TestStack, options: ChaosOptions): Promise<Arena> {
    const [api, worker] = await Promise.all([spawnApi(stack), spawnWorker(stack, smallPieces)]);
    return new Arena(stack, options, api, worker);
  }

  /** Uploads the rows for a new tenant while the disturbances happen, and compares with the first run that had none. */
  async run(disturbances: readonly Disturbance[]): Promise<RunReport> {
    const { db, snsEndpoint, topicArn } = this.stack;
    const tenant = await freshTenant(this.stack);
    const client = new UploadClient(this.api.url, tenant);
    const fileIds = await putDataSet(client, tenant, this.options.rows);
    const listener = await listenForEvents({ snsEndpoint, topicArn, ...tenant });
    const started = performance.now();
    const uploadId = await client.start(fileIds);
    const finished = reached(db, uploadId, ended, this.options.patienceMs);
    // It is waited for below; until then it may not bring the process down.
    finished.catch(() => undefined);

    const done = await this.disturb(disturbances, started, uploadId);
    const differences: string[] = [];
    try {
      await finished;
      const tookMs = performance.now() - started;
      const state = await stateOf(db, tenant.tenantId);
      differences.push(...this.compare(state));
      const lost = (): Promise<string[]> => undelivered(db, tenant.tenantId, listener.events);
      await waitFor('every event', async () => (await lost()).length === 0, {
        timeoutMs: 120_000,
        everyMs: 200,
      }).catch(async () => differences.push(`${(await lost()).length} events were not delivered`));
      return { tookMs, done, differences };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { tookMs: performance.now() - started, done, differences: [...differences, reason] };
    } finally {
      await listener.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.worker.stop(), this.api.stop()]);
  }

  private compare(state: State): string[] {
    this.expected ??= state;
    const expected = this.expected;
    return Object.keys(expected)
      .filter((part) => !isDeepStrictEqual(state[part], expected[part]))
      .map((part) => `${part}: ${JSON.stringify(state[part])} instead of ${JSON.stringify(expected[part])}`);
  }

  private async disturb(disturbances: readonly Disturbance[], started: number, uploadId: string): Promise<string[]> {
    const done: string[] = [];
    for (const { kind, atMs } of disturbances) {
      await sleep(Math.max(0, started + atMs - performance.now()));
      const [upload] = await this.stack.db('uploads').where({ upload_id: uploadId }).select('step', 'status');
      const at = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      done.push(`${kind} at ${at} in ${upload.status === 'running' ? upload.step : upload.status}`);
      await this.happen(kind);
    }
    return done;
  }

  private async happen(kind: Disturbance['kind']): Promise<void> {
    const { postgres, aws } = this.stack;
    switch (kind) {
      case 'worker-kill':
        await this.worker.kill('SIGKILL');
        this.worker = await spawnWorker(this.stack, smallPieces);
        return;
      case 'postgres-fast':
        return postgres?.restart('fast');
      case 'postgres-immediate':
        return postgres?.restart('immediate');
      case 'aws-outage':
        await aws?.stop();
        await sleep(this.options.outageMs);
        return aws?.start();
    }
  }
}
