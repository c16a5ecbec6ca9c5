import { countChunks, getChunkWork, type ChunkWork } from '../db/queries/upload-work';
import { listRowResults, type PatientImport, type RowResult } from '../db/queries/patient-imports';
import { messageFor } from '../domain/codes';
import { patient } from '../domain/entities/patient';
import {
  columnMessages,
  eachPatientRecord,
  patientMessage,
  writeRefusal,
  writeResultsHeader,
  writeResultsLine,
  type CsvRecord,
  type PatientCsvHeader,
  type PatientStatus,
} from '../domain/formats/patient-csv';
import type { ActivityDeps } from './deps';
import { stopIfCancelled } from './heartbeat';
import { patientHeader } from './read-rows';
import { openObject } from './source-object';

export type PatientCounts = Record<Lowercase<PatientStatus>, number>;

/**
 * The text of a results file, piece by piece: the file as it was sent, chunk by chunk, and beside each row what the ledger
 * says became of it. A file that was refused as a whole has no rows, and is told so.
 * @param counts is added to, row by row
 */
export async function* patientResults(
  deps: ActivityDeps,
  found: PatientImport,
  counts: PatientCounts,
  cancelled: AbortSignal,
): AsyncGenerator<string> {
  const { db } = deps;
  const { uploadSeq, failure } = found;
  if (!found.fetched) {
    yield writeRefusal(failure ?? { code: 'INTERNAL', message: messageFor('INTERNAL') });
    return;
  }
  const [counted] = await countChunks(db, uploadSeq);
  for (let index = 0; index < (counted?.chunks ?? 0); index += 1) {
    await stopIfCancelled(cancelled);
    const chunk = await getChunkWork(db, uploadSeq, patient.name, index);
    const header = patientHeader(chunk.header);
    if (index === 0) yield writeResultsHeader(header);
    const records = await readRecords(deps, chunk, header);
    const results = await resultsOf(deps, found, chunk, records);
    let text = '';
    records.forEach((record, place) => {
      const { status, messages } = judge(results.get(record.line), header, found);
      counts[toLower(status)] += 1;
      const ofFile = index === 0 && place === 0 ? columnMessages(header) : [];
      text += writeResultsLine(header, record, status, [...messages, ...ofFile]);
    });
    yield text;
  }
}

async function readRecords(
  { s3, config }: ActivityDeps,
  chunk: ChunkWork,
  header: PatientCsvHeader,
): Promise<Pick<CsvRecord, 'line' | 'cells'>[]> {
  const source = { s3, bucket: config.aws.bucket, key: chunk.objectKey };
  const object = await openObject(source, chunk.etag ?? '', { from: chunk.byteFrom, to: chunk.byteTo });
  const found = eachPatientRecord(await object.bytes(), header, chunk.firstLine);
  return Array.from(found, ({ line, cells }) => ({ line, cells }));
}

async function resultsOf(
  { db }: ActivityDeps,
  { uploadSeq }: PatientImport,
  { fileNo, firstLine }: ChunkWork,
  records: readonly { line: number }[],
): Promise<Map<number, RowResult>> {
  const range = {
    uploadSeq,
    entity: patient.name,
    fileNo,
    fromRow: firstLine,
    toRow: records.at(-1)?.line ?? firstLine,
  };
  const results = await listRowResults(db, range);
  return new Map(results.map((result) => [result.rowNo, result]));
}

/** A row without a result is one that an upload which ended early did not come to. */
function judge(
  result: RowResult | undefined,
  header: PatientCsvHeader,
  { failure }: PatientImport,
): { status: PatientStatus; messages: string[] } {
  if (!result) {
    const { code, message } = failure ?? { code: 'INTERNAL', message: messageFor('INTERNAL') };
    return { status: 'Errored', messages: [patientMessage({ code, field: null }, header) || message] };
  }
  const messages = (result.problems ?? []).map(({ code, field, message }) =>
    code === 'DUPLICATE_IN_FILE' ? `${code}: ${message}` : patientMessage({ code, field }, header),
  );
  if (result.outcome === 'errored') return { status: 'Errored', messages };
  if (result.outcome === 'created') return { status: 'Created', messages };
  // E-25: a patient who is known and of whom the row says nothing new.
  const unchanged = result.outcome === 'unchanged' ? [patientMessage({ code: 'NO_CHANGES', field: null }, header)] : [];
  return { status: 'Updated', messages: [...messages, ...unchanged] };
}

function toLower(status: PatientStatus): Lowercase<PatientStatus> {
  return status.toLowerCase() as Lowercase<PatientStatus>;
}
