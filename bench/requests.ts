import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { accessHeaders } from '../scripts/sample/upload-client';
import { sleep } from '../scripts/stack/wait';
import { createApiKey } from '../src/db/queries/api-keys';
import type { Flood, FloodReport } from './flood-sender';
import { cpuSeconds, percentile, timed } from './measure';
import { startBenchStack, type BenchTenant } from './stack';

const usualPerSecond = 20;
const connections = 50;

/**
 * One key sends far more than it may, for a minute; another asks as usual. The first is to be refused, the second not to
 * be slowed. Sender, API and database share the machine, so what the second waits is an upper bound.
 */
export async function benchRequests(options: { requests: number; seconds: number }): Promise<void> {
  const { requests, seconds } = options;
  const stack = await startBenchStack();
  try {
    const [greedy, modest] = [await stack.newTenant(), await stack.newTenant()];
    const { tenantId } = greedy;
    const { key } = await createApiKey(stack.db, { tenantId, name: 'greedy', scopes: ['upload', 'query'] });
    await askAsUsual(modest, 2);
    report('alone', await askAsUsual(modest, 15));
    const url = `http://127.0.0.1:${stack.infrastructure.apiPort}/v1/uploads?limit=1`;
    const apiBefore = cpuSeconds(stack.api.pid);
    const [sent, beside] = await Promise.all([
      flood({ url, headers: accessHeaders(greedy, key), requests, seconds, connections }),
      askAsUsual(modest, seconds),
    ]);
    const kinds = Object.entries(sent.answers).map(([kind, count]) => `${count} ${kind}`);
    console.log(`${requests} requests of one key in ${sent.tookSeconds.toFixed(1)} s: ${kinds.join(', ')}`);
    report('beside them', beside);
    const apiSeconds = (cpuSeconds(stack.api.pid) - apiBefore).toFixed(1);
    console.log(`processor time: API ${apiSeconds} s, sender ${sent.cpuSeconds.toFixed(1)} s`);
  } finally {
    await stack.stop();
  }
}

function report(when: string, tookSeconds: number[]): void {
  const ms = (share: number) => `${(percentile(tookSeconds, share) * 1000).toFixed(1)} ms`;
  console.log(`another key, ${when}: ${tookSeconds.length} requests, median ${ms(0.5)}, p95 ${ms(0.95)}`);
}

/** Every answer has to be a good one. */
async function askAsUsual({ client }: BenchTenant, seconds: number): Promise<number[]> {
  const asked: Promise<number>[] = [];
  for (let number = 0; number < seconds * usualPerSecond; number += 1) {
    asked.push(timed(() => client.call('GET', '/v1/uploads?limit=1')));
    await sleep(1000 / usualPerSecond);
  }
  return Promise.all(asked);
}

/** Sends from a process of its own. */
async function flood(order: Flood): Promise<FloodReport> {
  const sender = fork(path.join(__dirname, 'flood-sender.js'));
  sender.send(order);
  const [report] = (await Promise.race([once(sender, 'message'), failWhenOver(sender)])) as [FloodReport];
  return report;
}

async function failWhenOver(sender: ChildProcess): Promise<never> {
  const [code] = (await once(sender, 'exit')) as [number | null];
  throw new Error(`The sender ended with ${code}`);
}
