import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Knex } from 'knex';
import { prepareChunk } from '../src/activities/prepare-chunk';
import { identifier } from '../src/db/client';
import { copyColumns, dropStaging, openStaging, rowsTable } from '../src/db/queries/staging';
import { findEntity } from '../src/domain/entities';
import type { EntityDefinition } from '../src/domain/entities/definition';
import { createCc5Scanner } from '../src/domain/formats/cc5';
import type { DataSetFile } from './data-set';
import { timed } from './measure';

const run = promisify(execFile);

/** No upload has this number, so the floor has staging tables of its own. */
const floorSeq = '900000000';

/** Rows of an entity as Careway would stage them, in a file for COPY. */
export interface FloorFile {
  definition: EntityDefinition;
  copyFile: string;
}

/**
 * The least that PostgreSQL needs for the same rows: `psql \copy` of rows that are normalized already into the same
 * staging layout, and one MERGE per entity into the same tables. No parsing, no associations, no outcome of any row.
 */
export async function measureFloor(
  databaseUrl: string,
  db: Knex,
  tenantId: number,
  files: readonly DataSetFile[],
): Promise<number> {
  return measurePrepared(databaseUrl, db, tenantId, await Promise.all(files.map(normalizeFile)));
}

/** The same of rows that are normalized already. */
export async function measurePrepared(
  databaseUrl: string,
  db: Knex,
  tenantId: number,
  prepared: readonly FloorFile[],
): Promise<number> {
  for (const { definition } of prepared) await openStaging(db, floorSeq, definition);
  const seconds = await timed(async () => {
    for (const file of prepared) await psql(databaseUrl, copyCommand(file));
    for (const { definition } of prepared) await psql(databaseUrl, mergeStatement(definition, tenantId));
  });
  await dropStaging(
    db,
    floorSeq,
    prepared.map(({ definition }) => definition.name),
  );
  return seconds;
}

/** Writes the rows of a file as Careway would stage them; not part of what is measured. */
async function normalizeFile({ entity, file }: DataSetFile, index: number): Promise<FloorFile> {
  const definition = findEntity(entity)!;
  const bytes = await readFile(file);
  const scanner = createCc5Scanner({ chunkBytes: bytes.length, maxLineBytes: bytes.length });
  scanner.push(bytes);
  const scanned = scanner.end();
  if (!scanned.ok) throw new Error(scanned.problem.message);
  const { header, chunks } = scanned.plan;
  const copyFile = path.join(path.dirname(file), `${entity}.copy`);
  const out = createWriteStream(copyFile);
  for (const chunk of chunks) {
    const place = { fileNo: index + 1, fileId: '', objectKey: '', etag: null, entity, chunkNo: 0 };
    const columns = { columns: [...header.columns] };
    const work = { ...place, ...chunk, header: columns, format: 'cc5' as const };
    const part = bytes.subarray(chunk.byteFrom, chunk.byteTo);
    for (const lines of prepareChunk(part, work, definition, { settings: {} }, { verdicts: [], apart: new Map() }))
      out.write(lines);
  }
  out.end();
  await finished(out);
  return { definition, copyFile };
}

function copyCommand({ definition, copyFile }: FloorFile): string {
  const columns = copyColumns(definition).map(identifier).join(', ');
  return `\\copy ${rowsTable(floorSeq, definition.name)} (${columns}) from '${copyFile}'`;
}

function mergeStatement(definition: EntityDefinition, tenantId: number): string {
  const staged = rowsTable(floorSeq, definition.name);
  return `SET careway.system = 'on';
    ANALYZE ${staged};
    MERGE INTO records r USING ${staged} s
      ON r.tenant_id = ${tenantId} AND r.entity = '${definition.name}' AND r.entity_id = s.entity_id
    WHEN MATCHED AND r.content_hash <> s.content_hash THEN UPDATE SET
      document = s.document, content_hash = s.content_hash, disabled = s.disabled,
      modified = now() + s.row_no * interval '1 microsecond', upload_seq = ${floorSeq}
    WHEN NOT MATCHED THEN INSERT (tenant_id, entity, entity_id, document, content_hash, disabled, modified, upload_seq)
      VALUES (${tenantId}, '${definition.name}', s.entity_id, s.document, s.content_hash, s.disabled,
              now() + s.row_no * interval '1 microsecond', ${floorSeq});
    ANALYZE records_${definition.name}`;
}

async function psql(databaseUrl: string, command: string): Promise<void> {
  await run('psql', [databaseUrl, '-q', '-v', 'ON_ERROR_STOP=1', '-c', command]);
}
