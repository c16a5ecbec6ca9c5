import { Agent, get } from 'node:http';
import { accessHeaders } from '../scripts/sample/upload-client';
import { sleep } from '../scripts/stack/wait';
import { createApiKey } from '../src/db/queries/api-keys';
import { percentile, timed } from './measure';
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
    const [answers, beside] = await Promise.all([
      flood(url, accessHeaders(greedy, key), requests, seconds),
      askAsUsual(modest, seconds),
    ]);
    const kinds = Object.entries(answers).map(([kind, count]) => `${count} ${kind}`);
    console.log(`${requests} requests of one key in ${seconds} s: ${kinds.join(', ')}`);
    report('beside them', beside);
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

/** Spreads requests evenly over the time, as far as the answers come. @returns how many were answered how */
async function flood(
  url: string,
  headers: Record<string, string>,
  requests: number,
  seconds: number,
): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers: Record<string, number> = {};
  const started = performance.now();
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (sent < requests) {
      const due = started + (sent / requests) * seconds * 1000;
      sent += 1;
      if (due > performance.now()) await sleep(due - performance.now());
      const kind = await answerTo(url, headers, agent);
      answers[kind] = (answers[kind] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  const took = (performance.now() - started) / 1000;
  console.log(`sent in ${took.toFixed(1)} s`);
  return answers;
}

function answerTo(url: string, headers: Record<string, string>, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(`${response.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'OK'}`));
    }).on('error', reject);
  });
}
