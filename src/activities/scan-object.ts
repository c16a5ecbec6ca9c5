import { createHash } from 'node:crypto';
import type { FileProblem } from '../domain/codes';
import { openObject, type SourceObject } from '../platform/read-objects';
import { stopIfCancelled } from './heartbeat';

/** Looks at a file piece by piece: the cut of a format. */
export interface FileScanner<Plan> {
  /** @returns what is wrong with the file as a whole, as soon as that is known, else null */
  push(bytes: Uint8Array): FileProblem | null;
  end(): { ok: true; plan: Plan } | { ok: false; problem: FileProblem };
}

/**
 * Reads a file once, in flat memory: what is wrong with it as a whole, or its plan and hash. An object that is replaced
 * since it was pinned fails the attempt; the next one pins what is there then.
 */
export async function scanObject<Plan>(
  source: SourceObject & { etag: string },
  scanner: FileScanner<Plan>,
  cancelled: AbortSignal,
): Promise<{ problem: FileProblem } | { plan: Plan; sha256: Buffer }> {
  const digest = createHash('sha256');
  const { stream } = await openObject(source, source.etag);
  for await (const bytes of stream as AsyncIterable<Uint8Array>) {
    await stopIfCancelled(cancelled);
    const problem = scanner.push(bytes);
    if (problem) return { problem };
    digest.update(bytes);
  }
  const scanned = scanner.end();
  return scanned.ok ? { plan: scanned.plan, sha256: digest.digest() } : { problem: scanned.problem };
}
