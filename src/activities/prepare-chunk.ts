import { hash } from 'node:crypto';
import { copyField } from '../db/copy-text';
import type { ChunkWork, UploadWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import type { PreparedRow } from '../domain/prepared-row';
import { readRows } from './read-rows';
import { severitiesOf } from './severities';

/** Rows handed to COPY in one write: PostgreSQL takes them in while the next ones are prepared. */
const rowsPerWrite = 200;

/** Bytes of the content hash that are kept: enough to tell 2^64 versions of a record apart. */
const hashHexDigits = 32;

/**
 * Lines for COPY, some hundred rows in each piece, prepared as they are asked for. What is wrong with them is added to
 * `verdicts` on the way.
 */
export function* prepareChunk(
  bytes: Uint8Array,
  chunk: ChunkWork,
  definition: EntityDefinition,
  work: Pick<UploadWork, 'settings'>,
  verdicts: string[],
): Generator<Buffer> {
  const severities = severitiesOf(work);
  let lines = '';
  let count = 0;
  for (const { rowNo, row: prepared } of readRows(bytes, chunk, definition, { today: today() })) {
    const row = prepared.problems.some(({ code }) => severities[code] === 'error')
      ? { ...prepared, document: null }
      : prepared;
    row.problems.forEach(({ code, field }, position) => {
      const place = `${definition.name}\t${chunk.fileNo}\t${rowNo}\t${position}`;
      verdicts.push(`${place}\t${severities[code] ?? 'error'}\t${code}\t${copyField(field)}\tt\n`);
    });
    lines += stagingLine(chunk.fileNo, rowNo, row);
    count += 1;
    if (count % rowsPerWrite === 0) {
      yield Buffer.from(lines);
      lines = '';
    }
  }
  if (lines) yield Buffer.from(lines);
  if (count !== chunk.rowCount) throw new Error(`Chunk ${chunk.chunkNo} holds ${count} rows, not ${chunk.rowCount}`);
}

/** The day of UTC, which is never behind that of a tenant in America: no birthday of today is in the future. */
function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

function stagingLine(fileNo: number, rowNo: number, row: PreparedRow): string {
  const { entityId, document, disabled, operation, columns } = row;
  const contentHash = document === null ? '\\N' : `\\\\x${hash('sha256', document, 'hex').slice(0, hashHexDigits)}`;
  let line = `${fileNo}\t${rowNo}\t${operation === 'delete' ? 't' : 'f'}\t${copyField(entityId)}\t${disabled ? 't' : 'f'}\t${contentHash}\t${copyField(document)}`;
  for (const value of columns) line += `\t${copyField(value)}`;
  return `${line}\n`;
}
