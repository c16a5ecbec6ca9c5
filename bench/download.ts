import { encodePosition } from '../src/api/change-cursor';
import { currentEpoch } from '../src/db/queries/record-changes';
import { shownTime } from '../src/db/queries/records-query';
import { percentile, timed } from './measure';
import { startBenchStack, type BenchStack, type BenchTenant } from './stack';

const entity = 'claim';
const pageRecords = 1000;

/** A page of 1000 records by cursor, and by a query for `modified`, out of few records and out of many. */
export async function benchDownload(options: { rows: number; few: number; pages: number }): Promise<void> {
  const stack = await startBenchStack();
  try {
    const tenant = await stack.newTenant();
    const p95: number[][] = [];
    let stored = 0;
    for (const rows of [options.few, options.rows]) {
      await addRecords(stack, tenant, stored + 1, rows);
      stored = rows;
      const positions = await spreadPositions(stack, tenant, options.pages);
      p95.push([
        await measure(`cursor, ${rows} records`, positions, (after) => readByCursor(stack, tenant, after)),
        await measure(`query, ${rows} records`, positions, (after) => readByQuery(tenant, after)),
      ]);
    }
    const ratio = (way: number): string => (p95[1]![way]! / p95[0]![way]!).toFixed(2);
    console.log(
      `p95 of ${options.rows} to ${options.few} records: cursor ${ratio(0)}, query ${ratio(1)} (goal: within 2)`,
    );
  } finally {
    await stack.stop();
  }
}

/** Claims of the usual size, stamped as uploads stamp them. */
async function addRecords({ db }: BenchStack, { tenantId }: BenchTenant, from: number, to: number): Promise<void> {
  await db.raw(
    `INSERT INTO records (tenant_id, entity, entity_id, id, document, content_hash, disabled, modified, upload_seq)
     SELECT :tenantId, :entity, 'CL-' || i, i, jsonb_build_object(
              'entityId', 'CL-' || i, 'childId', 'FM-' || i, 'childName', 'Ana Ruiz', 'childDOB', '20200131',
              'providerId', 'P-' || i % 500, 'providerName', 'Sunrise Center', 'providerType', 'licensed-center',
              'startDate', to_char(date '2020-01-01' + i % 2000, 'YYYYMMDD'), 'endDate', '20261231',
              'fundingSource', 'CCDF', 'isAdjustment', false, 'familyId', 'F-' || i / 3, 'amount', i % 900,
              'status', 'active', 'disabled', false, 'data', jsonb_build_object('contractCode', 'C-' || i % 7),
              'items', jsonb_build_array(jsonb_build_object('startDate', '20260101', 'price', 12.5, 'quantity', 20))),
            decode(md5(i::text), 'hex'), false, timestamptz '2026-01-01' + i * interval '1 us', 0
     FROM generate_series(CAST(:from AS int), CAST(:to AS int)) i`,
    { tenantId, entity, from, to },
  );
  await db.raw(`VACUUM ANALYZE records_${entity}`);
}

/** Stamps after which a whole page is left, from all over the records, in an order in which no page prepares for the next. */
async function spreadPositions({ db }: BenchStack, { tenantId }: BenchTenant, count: number): Promise<string[]> {
  const { rows } = await db.raw(
    `SELECT ${shownTime('modified')} AS stamp FROM (
       SELECT modified, row_number() OVER (ORDER BY modified) AS place, count(*) OVER () AS total
       FROM records WHERE tenant_id = :tenantId AND entity = :entity) r
     WHERE place <= total - :pageRecords
       AND place % greatest(1, (total - :pageRecords) / :count) = 0
     ORDER BY md5(place::text) LIMIT :count`,
    { tenantId, entity, count, pageRecords },
  );
  return rows.map(({ stamp }: { stamp: string }) => stamp);
}

async function readByCursor({ db }: BenchStack, { client }: BenchTenant, after: string): Promise<number> {
  const cursor = encodePosition({ epoch: await currentEpoch(db), entity, after });
  const answer = await client.call('GET', `/v1/records/${entity}?limit=${pageRecords}&after=${cursor}`);
  return (answer as { records: unknown[] }).records.length;
}

async function readByQuery({ client }: BenchTenant, after: string): Promise<number> {
  const body = { Query: { modified: { $gt: after } }, Take: pageRecords, WithoutTotal: true };
  const answer = await client.call('POST', `/appdata/${entity}/query`, body);
  return (answer as { data: unknown[] }).data.length;
}

/** @returns p95 in seconds */
async function measure(
  name: string,
  positions: readonly string[],
  read: (after: string) => Promise<number>,
): Promise<number> {
  const seconds: number[] = [];
  for (const after of [...positions.slice(0, 20), ...positions]) {
    seconds.push(
      await timed(async () => {
        const records = await read(after);
        if (records !== pageRecords) throw new Error(`${records} records in a page`);
      }),
    );
  }
  // The first ones warm up.
  const measured = seconds.slice(20);
  const ms = (share: number): string => `${(percentile(measured, share) * 1000).toFixed(0)} ms`;
  console.log(`${name.padEnd(34)}${measured.length} pages, median ${ms(0.5)}, p95 ${ms(0.95)}, slowest ${ms(1)}`);
  return percentile(measured, 0.95);
}
