import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileProblem } from '../domain/codes';
import { createPatientCsvScanner, type PatientCsvPlan } from '../domain/formats/patient-csv';
import { stopIfCancelled } from './heartbeat';
import { openObject, type SourceObject } from './source-object';

/** Cells of a chunk are held as texts of their own, each time it is read: ten times its size. */
const mostChunkBytes = 2 * 1024 * 1024;

/** Reads a patient file once, in flat memory: what is wrong with it as a whole, or its columns and chunks. */
export async function scanPatientCsv(
  source: SourceObject & { etag: string },
  chunkBytes: number,
  cancelled: AbortSignal,
): Promise<{ problem: FileProblem } | { plan: PatientCsvPlan; sha256: Buffer }> {
  const digest = createHash('sha256');
  const scanner = createPatientCsvScanner({ chunkBytes: Math.min(chunkBytes, mostChunkBytes), isUtf8 });
  const { stream } = await openObject(source, source.etag);
  for await (const bytes of stream) {
    await stopIfCancelled(cancelled);
    const problem = scanner.push(bytes);
    if (problem) return { problem };
    digest.update(bytes);
  }
  const scanned = scanner.end();
  return scanned.ok ? { plan: scanned.plan, sha256: digest.digest() } : { problem: scanned.problem };
}
