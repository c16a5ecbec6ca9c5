import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeDataSet, type DataSetFile } from './data-set';
import { measureDlt, prepareDlt } from './dlt';
import { measureFloor } from './floor';
import { cpuSecondsOfTree, median, timed } from './measure';
import { peakMemoryLines, startBenchStack, type BenchStack, type BenchTenant } from './stack';
import { timelineLines, timelineOf } from './timeline';

export interface UploadBenchOptions {
  rows: number;
  repeats: number;
  workers: number;
  dlt: boolean;
}

interface Round {
  rows: number;
  floor: number;
  day1: number;
  day2: number;
}

/**
 * Times uploads of one data set end to end, from the request to `completed`, beside the floor and dlt: the same rows, the
 * same PostgreSQL, one after the other in each round. Ratios are of medians.
 */
export async function benchUpload(options: UploadBenchOptions): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-bench-'));
  const python = options.dlt ? await prepareDlt() : undefined;
  const stack = await startBenchStack(options.workers);
  try {
    const rounds: Round[] = [];
    for (let round = 1; round <= options.repeats; round += 1) {
      rounds.push(await measureRound(stack, folder, options.rows));
      report(`round ${round}`, rounds.slice(-1));
    }
    report('median', rounds);
    for (const line of peakMemoryLines(stack)) console.log(line);
    if (python) await reportDlt(stack, python, folder, median(rounds.map(({ day1 }) => day1)), rounds[0]!.rows);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measureRound(stack: BenchStack, folder: string, rows: number): Promise<Round> {
  const tenant = await stack.newTenant();
  const day1 = await writeDataSet({ folder, rows, ...tenant });
  const total = day1.reduce((sum, file) => sum + file.rows, 0);
  const floorTenant = await stack.newTenant();
  const { databaseUrl } = stack.infrastructure;
  await vacuum(stack);
  const floor = await measureFloor(databaseUrl, stack.db, floorTenant.tenantId, day1);
  await vacuum(stack);
  const first = await measureUpload(stack, tenant, day1, 'created');
  const day2 = await writeDataSet({ folder, rows, ...tenant, changed: 0.01 });
  await vacuum(stack);
  const second = await measureUpload(stack, tenant, day2, 'unchanged');
  return { rows: total, floor, day1: first, day2: second };
}

/**
 * What is written leaves work to autovacuum, which begins within a minute. By the next day it is long done; here it would run
 * beside whatever is measured next.
 */
async function vacuum({ db }: BenchStack): Promise<void> {
  await db.raw('VACUUM (ANALYZE)');
}

/** Only the upload is timed: the files are in S3 before. */
async function measureUpload(
  stack: BenchStack,
  tenant: BenchTenant,
  files: readonly DataSetFile[],
  expected: string,
): Promise<number> {
  const fileIds: string[] = [];
  for (const { entity, file } of files) {
    fileIds.push(await tenant.client.putFile(`${entity}.cc5txt`, readFileSync(file)));
  }
  let uploadId = '';
  const before = cpuOf(stack);
  const seconds = await timed(async () => {
    const upload = await tenant.client.finished(await tenant.client.start(fileIds), 3_600_000);
    const common = Object.values(upload.counts).every((counts) => counts[expected as 'created'] > counts.read / 2);
    if (upload.status !== 'completed' || !common)
      throw new Error(`upload ${upload.status} ${upload.failure?.code ?? ''}, not mostly ${expected}`);
    ({ uploadId } = upload);
  });
  const after = cpuOf(stack);
  print(`upload, mostly ${expected}`, `${seconds.toFixed(2)} s`);
  const entities = files.map(({ entity }) => entity);
  const spans = await timelineOf(stack.temporal.client, uploadId, entities);
  timelineLines(spans).forEach((line) => console.log(line));
  for (const [name, used] of Object.entries(after)) {
    print(`  processor time, ${name}`, `${(used - before[name]!).toFixed(1)} s`);
  }
  return seconds;
}

function cpuOf({ infrastructure, workers }: BenchStack): Record<string, number> {
  const postgres = infrastructure.postgres?.child();
  const processes = [...workers, ...(postgres ? [postgres] : [])];
  return Object.fromEntries(processes.map(({ name, pid }) => [name, cpuSecondsOfTree(pid)]));
}

function report(name: string, rounds: readonly Round[]): void {
  const rows = rounds[0]!.rows;
  const floor = median(rounds.map((round) => round.floor));
  const day1 = median(rounds.map((round) => round.day1));
  const day2 = median(rounds.map((round) => round.day2));
  const rate = (seconds: number): string => `${seconds.toFixed(2)} s, ${Math.round(rows / seconds)} rows/s`;
  print(`${name}: ${rows} rows`, '');
  print('  floor (psql \\copy and MERGE)', rate(floor));
  print('  day 1, all created', `${rate(day1)}, ${(floor / day1).toFixed(2)} of the floor`);
  print('  day 2, 1% changed', `${rate(day2)}, ${(day1 / day2).toFixed(2)} times day 1`);
}

async function reportDlt(stack: BenchStack, python: string, folder: string, ours: number, rows: number): Promise<void> {
  const { seconds, peakMiB } = await measureDlt(python, folder, stack.infrastructure.databaseUrl);
  print('dlt, first load', `${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, ${peakMiB} MiB`);
  print('  day 1 is', `${(seconds / ours).toFixed(1)} times as fast`);
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(34)}${value}`);
}
