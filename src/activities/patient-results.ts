import type { Outcome, UploadFailure } from '../contracts/upload';
import { countChunks, getChunkWork, type ChunkWork } from '../db/queries/upload-work';
import { listRowResults, outcomesOfRepeated, type PatientImport, type RowResult } from '../db/queries/patient-imports';
import { messageFor } from '../domain/codes';
import { patient } from '../domain/entities/patient';
import {
  columnMessages,
  eachPatientRecord,
  patientMessage,
  writeRefusal,
  writeResultsHeader,
  writeResultsLine,
  type PatientCsvHeader,
  type PatientStatus,
} from '../domain/formats/patient-csv';
import type { ActivityDeps } from './deps';
import { stopIfCancelled } from './heartbeat';
import { patientHeader } from './read-rows';
import { readChunk } from './read-chunk';

/** Characters that are handed on at once. */
const pieceLength = 64 * 1024;

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
  const repeated = await outcomesOfRepeated(db, { uploadSeq, entity: patient.name });
  const [counted] = await countChunks(db, uploadSeq);
  let ofFile: readonly string[] = [];
  for (let index = 0; index < (counted?.chunks ?? 0); index += 1) {
    await stopIfCancelled(cancelled);
    const chunk = await getChunkWork(db, uploadSeq, patient.name, index);
    const header = patientHeader(chunk.header);
    if (index === 0) {
      yield writeResultsHeader(header);
      ofFile = columnMessages(header);
    }
    const results = await resultsOf(deps, uploadSeq, chunk);
    let text = '';
    for (const record of eachPatientRecord(await readChunk(deps, chunk), header, chunk.firstLine)) {
      const { status, messages } = judge(results.get(record.line), repeated, header, failure);
      counts[toLower(status)] += 1;
      text += writeResultsLine(header, record, status, [...messages, ...ofFile]);
      ofFile = [];
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
    yield text;
  }
}

async function resultsOf(
  { db }: ActivityDeps,
  uploadSeq: string,
  { fileNo, firstLine: fromRow, rowCount: limit }: ChunkWork,
): Promise<Map<number, RowResult>> {
  const results = await listRowResults(db, { uploadSeq, entity: patient.name, fileNo, fromRow, limit });
  return new Map(results.map((result) => [result.rowNo, result]));
}

/** What is said of one row. One without an outcome is one that an upload which ended early did not come to. */
function judge(
  result: RowResult | undefined,
  repeated: ReadonlyMap<string, Outcome>,
  header: PatientCsvHeader,
  failure: UploadFailure | null,
): { status: PatientStatus; messages: string[] } {
  // A row that a later one of the same patient stands for has the outcome of that.
  const outcome = result?.outcome === 'superseded' ? repeated.get(result.entityId ?? '') : result?.outcome;
  if (!result || !outcome) {
    return {
      status: 'Errored',
      messages: [patientMessage({ code: failure?.code ?? 'INTERNAL', field: null }, header)],
    };
  }
  const messages = (result.problems ?? []).map(({ code, field, message }) =>
    code === 'DUPLICATE_IN_FILE' ? `${code}: ${message}` : patientMessage({ code, field }, header),
  );
  if (outcome === 'errored') return { status: 'Errored', messages };
  if (outcome === 'created') return { status: 'Created', messages };
  // E-25: a patient who is known and of whom the row says nothing new.
  const unchanged = outcome === 'unchanged' ? [patientMessage({ code: 'NO_CHANGES', field: null }, header)] : [];
  return { status: 'Updated', messages: [...messages, ...unchanged] };
}

function toLower(status: PatientStatus): Lowercase<PatientStatus> {
  return status.toLowerCase() as Lowercase<PatientStatus>;
}
