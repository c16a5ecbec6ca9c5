import { hash } from 'node:crypto';
import { copyField, copyJson } from '../db/copy-text';
import type { ChunkWork, UploadWork } from '../db/queries/upload-work';
import type { EntityDefinition } from '../domain/entities/definition';
import type { PreparedRow } from '../domain/prepared-row';
import { apartKey } from '../domain/rows';
import { readRows } from './read-rows';
import { severitiesOf } from './severities';

/** Bytes handed to COPY in one write: PostgreSQL takes them in while the next rows are prepared. */
const bytesPerWrite = 128 * 1024;

/** UTF-8 takes no more than this for one unit of a text. */
const mostBytesPerUnit = 3;

/** Bytes of the content hash that are kept: enough to tell 2^64 versions of a record apart. */
const hashHexDigits = 32;

/** What a chunk has beside its rows. */
export interface Aside {
  /** Lines for COPY of what is wrong with rows. */
  verdicts: string[];
  /** Values that are kept apart from their records, by hash. */
  apart: Map<string, string>;
}

/**
 * Lines for COPY, some hundred rows in each piece, prepared as they are asked for. What is wrong with them, and the values
 * that are kept apart from their records, are added to `aside` on the way.
 */
export function* prepareChunk(
  bytes: Uint8Array,
  chunk: ChunkWork,
  definition: EntityDefinition,
  work: Pick<UploadWork, 'settings'>,
  { verdicts, apart }: Aside,
): Generator<Buffer> {
  const severities = severitiesOf(work);
  let lines = Buffer.allocUnsafeSlow(bytesPerWrite);
  let used = 0;
  let count = 0;
  for (const { rowNo, row: prepared } of readRows(bytes, chunk, definition, { today: today() })) {
    const row = prepared.problems.some(({ code }) => severities[code] === 'error')
      ? { ...prepared, document: null }
      : withHashes(prepared, apart);
    row.problems.forEach(({ code, field }, position) => {
      const place = `${definition.name}\t${chunk.fileNo}\t${rowNo}\t${position}`;
      verdicts.push(`${place}\t${severities[code] ?? 'error'}\t${code}\t${copyField(field)}\tt\n`);
    });
    const line = stagingLine(chunk.fileNo, rowNo, row);
    const most = line.length * mostBytesPerUnit;
    if (used + most > lines.length) {
      if (used > 0) yield lines.subarray(0, used);
      lines = Buffer.allocUnsafeSlow(Math.max(bytesPerWrite, most));
      used = 0;
    }
    used += lines.write(line, used);
    count += 1;
  }
  if (used > 0) yield lines.subarray(0, used);
  if (count !== chunk.rowCount) throw new Error(`Chunk ${chunk.chunkNo} holds ${count} rows, not ${chunk.rowCount}`);
}

/**
 * The document with the hash of each value that is kept apart, so that what changes there changes the record. The values
 * themselves are collected in `apart`, by hash.
 */
function withHashes(row: PreparedRow, apart: Map<string, string>): PreparedRow {
  if (row.document === null || !row.apart) return row;
  let document = row.document.slice(0, -1);
  for (const { field, value } of row.apart) {
    const digest = hash('sha256', value, 'hex');
    apart.set(digest, value);
    document += `,${JSON.stringify(apartKey(field))}:"${digest}"`;
  }
  return { ...row, document: `${document}}` };
}

/** The day of UTC, which is never behind that of a tenant in America: no birthday of today is in the future. */
function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

function stagingLine(fileNo: number, rowNo: number, row: PreparedRow): string {
  const { entityId, document, disabled, operation, columns } = row;
  const contentHash = document === null ? '\\N' : `\\\\x${hash('sha256', document, 'hex').slice(0, hashHexDigits)}`;
  let line = `${fileNo}\t${rowNo}\t${operation === 'delete' ? 't' : 'f'}\t${copyField(entityId)}\t${disabled ? 't' : 'f'}\t${contentHash}\t${copyJson(document)}`;
  for (const value of columns) line += `\t${copyField(value)}`;
  return `${line}\n`;
}
