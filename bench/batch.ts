import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeDataSet } from './data-set';
import { percentile, timed } from './measure';
import { startBenchStack, type BenchStack, type BenchTenant } from './stack';
import { timelineLines, timelineOf } from './timeline';

const batchRecords = 1000;

/** From the request with a batch of 1000 families to the end of its upload: alone, and beside a bulk upload. */
export async function benchBatch(options: { batches: number; rows: number }): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-bench-'));
  const stack = await startBenchStack();
  try {
    const sender = await stack.newTenant();
    await sendBatch(sender, 0);
    const alone = await sendBatches(sender, options.batches, () => true);
    await report(stack, 'alone', alone);

    const bulk = await stack.newTenant();
    const files = await writeDataSet({ folder, rows: options.rows, ...bulk });
    const fileIds: string[] = [];
    for (const { entity, file } of files) {
      fileIds.push(await bulk.client.putFile(`${entity}.cc5txt`, readFileSync(file)));
    }
    let running = true;
    const ended = bulk.client.start(fileIds).then(async (uploadId) => {
      await bulk.client.finished(uploadId, 3_600_000);
      running = false;
    });
    const beside = await sendBatches(await stack.newTenant(), options.batches, () => running);
    await ended;
    await report(stack, `beside an upload of ${options.rows} rows`, beside);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
}

interface SentBatch {
  uploadId: string;
  /** From the request to the end of its upload. */
  seconds: number;
}

async function sendBatches(tenant: BenchTenant, most: number, goOn: () => boolean): Promise<SentBatch[]> {
  const sent: SentBatch[] = [];
  while (sent.length < most && goOn()) {
    let uploadId = '';
    const seconds = await timed(async () => {
      uploadId = await sendBatch(tenant, sent.length + 1);
    });
    sent.push({ uploadId, seconds });
  }
  return sent;
}

async function sendBatch({ client, workspaceId, bucketId }: BenchTenant, number: number): Promise<string> {
  const data = Array.from({ length: batchRecords }, (_, index) => ({
    entityId: `F-${number}-${index}`,
    name: `Family ${index}`,
    phone: '317-555-0199',
    address: { zip: '46204', state: 'IN', city: 'Indianapolis', address1: `${index} Main St` },
    familySize: 3,
    status: 'active',
    disabled: false,
  }));
  const metadata = { keys: ['entityId'], entityType: 'wks_family', dataSource: 'cc-family', workspaceId, bucketId };
  const header = { customer: 'BENCH', fileType: 'cc5', metadata, FieldMappings: {} };
  const ImportData = { header, data, delete: [], footer: { total: data.length }, InstanceId: randomUUID() };
  const answer = (await client.call('POST', '/appfile/file/import/data', { ImportData })) as {
    data: { uploadId: string };
  };
  const upload = await client.finished(answer.data.uploadId);
  if (upload.counts.family?.created !== batchRecords) throw new Error(`batch ${upload.status}, not all created`);
  return answer.data.uploadId;
}

/** With the steps of the slowest one, to see what it waited for. */
async function report({ temporal }: BenchStack, name: string, sent: readonly SentBatch[]): Promise<void> {
  const seconds = sent.map((batch) => batch.seconds);
  const at = (share: number): string => `${percentile(seconds, share).toFixed(2)} s`;
  console.log(`${name.padEnd(34)}${sent.length} batches, median ${at(0.5)}, p95 ${at(0.95)}, slowest ${at(1)}`);
  const slowest = sent.find((batch) => batch.seconds === Math.max(...seconds));
  if (!slowest) return;
  const spans = await timelineOf(temporal.client, slowest.uploadId, ['family']);
  timelineLines(spans).forEach((line) => console.log(line));
}
