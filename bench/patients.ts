import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { Upload } from '@aws-sdk/lib-storage';
import { prepareChunk } from '../src/activities/prepare-chunk';
import type { PatientImportResult } from '../src/contracts/patient-import';
import { sftpFolderPrefix } from '../src/contracts/sftp-folders';
import { taskQueues } from '../src/contracts/task-queues';
import { patient } from '../src/domain/entities/patient';
import { createPatientCsvScanner } from '../src/domain/formats/patient-csv';
import { createS3 } from '../src/platform/s3';
import { measureDlt, prepareDlt } from './dlt';
import { measurePrepared, type FloorFile } from './floor';
import { median, timed } from './measure';
import { writePatients } from './patient-rows';
import { timelineOf } from './timeline';
import { peakMemoryLines, startBenchStack, type BenchStack, type BenchTenant } from './stack';

export interface PatientBenchOptions {
  rows: number;
  repeats: number;
  /** Patients that the tenant has before, none of whom is in the file. */
  stored: number;
  dlt: boolean;
}

interface Round {
  floor: number;
  day1: number;
  day2: number;
}

/**
 * Times the import of one patient file end to end, from the start of the night's run until its results are written and the
 * file has left Pending, beside the floor and dlt on the same rows. Matching, which neither of them does, is in it.
 */
export async function benchPatients(options: PatientBenchOptions): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-bench-'));
  const python = options.dlt ? await prepareDlt() : undefined;
  const stack = await startBenchStack();
  try {
    const rounds: Round[] = [];
    const file = path.join(folder, 'patients.csv');
    for (let round = 0; round < options.repeats; round += 1) rounds.push(await measureRound(stack, file, options));
    report(rounds, options);
    for (const line of peakMemoryLines(stack)) console.log(line);
    if (python) {
      await writePatients(file, options.rows);
      const { seconds, peakMiB } = await measureDlt(python, folder, stack.infrastructure.databaseUrl);
      print('dlt, first load', `${seconds.toFixed(1)} s, ${Math.round(options.rows / seconds)} rows/s, ${peakMiB} MiB`);
      print('  day 1 is', `${(seconds / median(rounds.map(({ day1 }) => day1))).toFixed(1)} times as fast`);
    }
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measureRound(stack: BenchStack, file: string, { rows, stored }: PatientBenchOptions): Promise<Round> {
  await writePatients(file, rows);
  const floorTenant = await stack.newTenant();
  const prepared = await normalize(file);
  const floor = await measurePrepared(stack.infrastructure.databaseUrl, stack.db, floorTenant.tenantId, [prepared]);
  const tenant = await stack.newTenant();
  await storePatients(stack, tenant, stored);
  const day1 = await measureImport(stack, tenant, file);
  await writePatients(file, rows, 0.01);
  return { floor, day1, day2: await measureImport(stack, tenant, file) };
}

/** The file as Careway would stage it, each row under its EHR ID; not part of what is measured. */
async function normalize(file: string): Promise<FloorFile> {
  const bytes = await readFile(file);
  const scanner = createPatientCsvScanner({ chunkBytes: 8 * 1024 * 1024 });
  scanner.push(bytes);
  const scanned = scanner.end();
  if (!scanned.ok) throw new Error(scanned.problem.message);
  const copyFile = `${file}.copy`;
  const out = createWriteStream(copyFile);
  for (const chunk of scanned.plan.chunks) {
    const place = { fileNo: 1, fileId: '', objectKey: '', etag: null, entity: patient.name, chunkNo: 0 };
    const work = { ...place, ...chunk, header: scanned.plan.header, format: 'patient-csv' as const };
    const part = bytes.subarray(chunk.byteFrom, chunk.byteTo);
    for (const lines of prepareChunk(part, work, patient, { settings: {} }, { verdicts: [], apart: new Map() })) {
      out.write(lines.toString().replace(/^(\d+\t(\d+)\tf\t)\\N/gm, '$1row-$2'));
    }
  }
  out.end();
  await finished(out);
  return { definition: patient, copyFile };
}

/** Patients of earlier nights, as they stand after them. */
async function storePatients({ db }: BenchStack, { tenantId }: BenchTenant, count: number): Promise<void> {
  if (count === 0) return;
  await db.raw(
    `INSERT INTO records (tenant_id, entity, entity_id, document, content_hash, disabled, modified, upload_seq)
     SELECT :tenantId::int, 'patient', 'stored-' || n, jsonb_build_object('entityId', 'stored-' || n, 'ehrId', 'S' || n),
            decode(md5(n::text), 'hex'), false, now() - interval '1 day' + n * interval '1 microsecond', 0
       FROM generate_series(1, :count::int) n`,
    { tenantId, count },
  );
  await db.raw(
    `INSERT INTO patient_keys (tenant_id, entity_id, ehr_key, person_key)
     SELECT :tenantId::int, 'stored-' || n, 'S' || n, 'person of earlier nights ' || n FROM generate_series(1, :count::int) n`,
    { tenantId, count },
  );
  await db.raw(`ANALYZE records_patient; ANALYZE patient_keys`);
}

async function measureImport(stack: BenchStack, tenant: BenchTenant, file: string): Promise<number> {
  const { workspaceId, bucketId, tenantId } = tenant;
  await stack
    .db('tenants')
    .where({ tenant_id: tenantId })
    .update({ settings: { inbox: { settleSeconds: 0 } } });
  const { aws } = stack.infrastructure.config;
  const s3 = createS3(aws);
  const Key = `${sftpFolderPrefix(tenant, 'pending')}patients.csv`;
  await new Upload({ client: s3, params: { Bucket: aws.bucket, Key, Body: createReadStream(file) } }).done();
  s3.destroy();
  const seconds = await timed(async () => {
    const handle = await stack.temporal.client.workflow.start('patientImportWorkflow', {
      workflowId: `patient-import-bench/${randomUUID()}`,
      taskQueue: taskQueues.uploads,
      args: [{ workspaceId, bucketId }],
    });
    const result = (await handle.result()) as PatientImportResult;
    if (result.completed !== 1) throw new Error(`not imported: ${JSON.stringify(result)}`);
  });
  print('import', `${seconds.toFixed(2)} s`);
  const [upload] = await stack.db('uploads').where({ tenant_id: tenantId }).orderBy('upload_seq', 'desc').limit(1);
  for (const { activity, from, to, runs } of await timelineOf(stack.temporal.client, upload.upload_id, ['patient'])) {
    print(`  ${activity}`, `${from.toFixed(2)} to ${to.toFixed(2)} s, ${runs} runs`);
  }
  return seconds;
}

function report(rounds: readonly Round[], { rows, stored }: PatientBenchOptions): void {
  const of = (name: keyof Round): number => median(rounds.map((round) => round[name]));
  const rate = (seconds: number): string => `${seconds.toFixed(2)} s, ${Math.round(rows / seconds)} rows/s`;
  print(`median: ${rows} rows, ${stored} patients before`, '');
  print('  floor (psql \\copy and MERGE)', rate(of('floor')));
  print('  day 1, all created', `${rate(of('day1'))}, ${(of('floor') / of('day1')).toFixed(2)} of the floor`);
  print('  day 2, 1% changed', `${rate(of('day2'))}, ${(of('day1') / of('day2')).toFixed(2)} times day 1`);
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(34)}${value}`);
}
