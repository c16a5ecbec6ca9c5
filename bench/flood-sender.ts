import { Agent, get } from 'node:http';
import { sleep } from '../scripts/stack/wait';
import { cpuSeconds } from './measure';

/** What one process sends by itself, so that it does not hold up the clock of what is measured beside it. */
export interface Flood {
  url: string;
  headers: Record<string, string>;
  requests: number;
  /** Over which they are spread evenly, as far as the answers come. */
  seconds: number;
  connections: number;
}

export interface FloodReport {
  /** How many were answered how. */
  answers: Record<string, number>;
  tookSeconds: number;
  /** Processor time of the sender. */
  cpuSeconds: number;
}

async function send({ url, headers, requests, seconds, connections }: Flood): Promise<FloodReport> {
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
  return { answers, tookSeconds: (performance.now() - started) / 1000, cpuSeconds: cpuSeconds(process.pid) };
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

process.once('message', (flood: Flood) => {
  send(flood).then(
    (report) => process.send!(report, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
