import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { exposedAttributes } from '../../domain/entities';
import type { EntityDefinition } from '../../domain/entities/definition';
import { attributeColumn, stagingColumns } from '../../domain/entities/staging-columns';
import { analyzeSample } from './analyze';
import { connectionOf, identifier, type Database } from '../client';
import type { Knex } from 'knex';

/*
 * The tables of one upload while it is under way. They are unlogged: a database crash empties them, all of them at once,
 * so the marks of what has been staged live here beside the rows and are lost with them. Rows are never updated; what
 * is wrong with a row goes into the narrow verdict table.
 */

/** Rows of one entity, in the upload's own files (file_no > 0) or released from parking (file_no = 0). */
export function rowsTable(uploadSeq: string, entity: string): string {
  return `staging.${identifier(`u${uploadSeq}_${entity}`)}`;
}

/**
 * Rows as they were sent, of an entity whose rows have no key of their own: `rowsTable` gets them with the keys that they
 * were matched to (match-patients.ts).
 */
export function sentTable(uploadSeq: string, entity: string): string {
  return `staging.${identifier(`u${uploadSeq}_${entity}_sent`)}`;
}

/** Where the rows of files are copied to. */
export function copyTarget(uploadSeq: string, { name, matchKeys }: EntityDefinition): string {
  return matchKeys ? sentTable(uploadSeq, name) : rowsTable(uploadSeq, name);
}

/** What is wrong with which row; `severity` is error, parked, warning or superseded. */
export function verdictsTable(uploadSeq: string): string {
  return `staging.${identifier(`u${uploadSeq}_verdicts`)}`;
}

/** What each key that a row refers to stands for: ok, disabled, deleted or rejected, with its exposed attributes. */
export function keysTable(uploadSeq: string): string {
  return `staging.${identifier(`u${uploadSeq}_keys`)}`;
}

/** Marks of the chunks whose rows are in. */
export function chunksTable(uploadSeq: string): string {
  return `staging.${identifier(`u${uploadSeq}_chunks`)}`;
}

/** Columns of a staging table in the order in which rows are copied into it. */
export function copyColumns(definition: EntityDefinition): readonly string[] {
  return [
    'file_no',
    'row_no',
    'is_delete',
    'entity_id',
    'disabled',
    'content_hash',
    'document',
    ...stagingColumns(definition).map((column) => column.name),
  ];
}

/** Makes the staging tables of an upload for one entity; running it again changes nothing. */
export async function openStaging(db: Knex, uploadSeq: string, definition: EntityDefinition): Promise<void> {
  const extra = stagingColumns(definition).map((column) => `, ${identifier(column.name)} text COLLATE "C"`);
  const attributes = exposedAttributes().map((name) => `, ${identifier(attributeColumn(name))} text COLLATE "C"`);
  await db.transaction(async (trx) => {
    // CREATE TABLE IF NOT EXISTS is not safe against itself.
    await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('careway staging'), ?)`, [
      Number(BigInt(uploadSeq) % 2147483647n),
    ]);
    await trx.raw(`
      CREATE UNLOGGED TABLE IF NOT EXISTS ${chunksTable(uploadSeq)} (
        file_no smallint NOT NULL, chunk_no int NOT NULL, entity text NOT NULL, row_count int NOT NULL,
        PRIMARY KEY (file_no, chunk_no));
      CREATE UNLOGGED TABLE IF NOT EXISTS ${verdictsTable(uploadSeq)} (
        entity text COLLATE "C" NOT NULL, file_no smallint NOT NULL, row_no int NOT NULL, position smallint NOT NULL,
        severity text COLLATE "C" NOT NULL, code text, field text, from_row boolean NOT NULL);
      CREATE UNLOGGED TABLE IF NOT EXISTS ${keysTable(uploadSeq)} (
        entity text COLLATE "C" NOT NULL, entity_id text COLLATE "C" NOT NULL, state text COLLATE "C" NOT NULL
        ${attributes.join('')});
      CREATE UNLOGGED TABLE IF NOT EXISTS ${rowsTable(uploadSeq, definition.name)} (
        file_no smallint NOT NULL, row_no int NOT NULL, is_delete boolean NOT NULL, entity_id text COLLATE "C",
        disabled boolean NOT NULL, content_hash bytea, document jsonb
        ${extra.join('')}) WITH (autovacuum_enabled = false);
      -- Rows come nearly in its order: kept up as they come in, it costs a tenth of what building it afterwards costs.
      CREATE UNIQUE INDEX IF NOT EXISTS ${identifier(`u${uploadSeq}_${definition.name}_row`)}
        ON ${rowsTable(uploadSeq, definition.name)} (file_no, row_no);
    `);
    if (definition.matchKeys) {
      await trx.raw(
        `CREATE UNLOGGED TABLE IF NOT EXISTS ${sentTable(uploadSeq, definition.name)}
           (LIKE ${rowsTable(uploadSeq, definition.name)}) WITH (autovacuum_enabled = false)`,
      );
    }
  });
}

/** Removes all staging tables of an upload. */
export async function dropStaging(db: Database, uploadSeq: string, entities: readonly string[]): Promise<void> {
  const tables = [
    chunksTable(uploadSeq),
    verdictsTable(uploadSeq),
    keysTable(uploadSeq),
    ...entities.flatMap((entity) => [rowsTable(uploadSeq, entity), sentTable(uploadSeq, entity)]),
  ];
  await db.raw(`DROP TABLE IF EXISTS ${tables.join(', ')}`);
}

export interface StagedChunk {
  fileNo: number;
  chunkNo: number;
  entity: string;
  rowCount: number;
}

/** The mark of a staged chunk, or undefined when its rows are not in. */
export async function findStagedChunk(
  db: Database,
  uploadSeq: string,
  fileNo: number,
  chunkNo: number,
): Promise<StagedChunk | undefined> {
  const { rows } = await db.raw(
    `SELECT file_no AS "fileNo", chunk_no AS "chunkNo", entity, row_count AS "rowCount"
     FROM ${chunksTable(uploadSeq)} WHERE file_no = ? AND chunk_no = ?`,
    [fileNo, chunkNo],
  );
  return rows[0];
}

/** Marks a chunk as staged; a second writer of the same chunk fails on the primary key and rolls back. */
export async function markStagedChunk(db: Database, uploadSeq: string, chunk: StagedChunk): Promise<void> {
  await db.raw(`INSERT INTO ${chunksTable(uploadSeq)} VALUES (?, ?, ?, ?)`, [
    chunk.fileNo,
    chunk.chunkNo,
    chunk.entity,
    chunk.rowCount,
  ]);
}

/** Streams lines in COPY text format into a table, asking for the next ones when the last are on their way. */
export async function copyInto(
  trx: Knex.Transaction,
  table: string,
  columns: readonly string[],
  lines: Iterable<string | Buffer>,
): Promise<void> {
  const connection = await connectionOf(trx);
  const sink = connection.query(copyFrom(`COPY ${table} (${columns.map(identifier).join(', ')}) FROM STDIN`));
  await pipeline(Readable.from(inTurns(lines), { objectMode: true, highWaterMark: 1 }), sink);
}

/** How long pieces may be made without a pause. */
const mostMsAtOnce = 10;

/** Lets the other work of the process go on in between: PostgreSQL takes pieces in as fast as they are made. */
async function* inTurns<Piece>(pieces: Iterable<Piece>): AsyncGenerator<Piece> {
  let since = performance.now();
  for (const piece of pieces) {
    yield piece;
    if (performance.now() - since < mostMsAtOnce) continue;
    await setImmediate();
    since = performance.now();
  }
}

export const verdictColumns = [
  'entity',
  'file_no',
  'row_no',
  'position',
  'severity',
  'code',
  'field',
  'from_row',
] as const;

/** Chunks whose marks are missing: not staged yet, or lost with a database crash. */
export async function missingChunks(db: Database, uploadSeq: string): Promise<number> {
  const { rows } = await db.raw(
    `SELECT count(*)::int AS missing
     FROM upload_chunks c LEFT JOIN ${chunksTable(uploadSeq)} m USING (file_no, chunk_no)
     WHERE c.upload_seq = ? AND m.file_no IS NULL`,
    [uploadSeq],
  );
  return rows[0].missing;
}

/** Empties the keys; the index over them comes back when they stand (indexKeys). */
export async function clearKeys(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(`TRUNCATE ${keysTable(uploadSeq)}; DROP INDEX IF EXISTS staging.${keysIndex(uploadSeq)}`);
}

/**
 * Makes the keys ready to be looked up one by one. Built over keys that stand it costs half of keeping it up row by row.
 * Unique: a key that stood here twice would double every row that refers to it.
 */
export async function indexKeys(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(
    `CREATE UNIQUE INDEX IF NOT EXISTS ${keysIndex(uploadSeq)} ON ${keysTable(uploadSeq)} (entity, entity_id)`,
  );
}

function keysIndex(uploadSeq: string): string {
  return identifier(`u${uploadSeq}_keys_key`);
}

/** Notes, in the transaction that resolves the associations, that the keys stand: a database crash takes this with them. */
export async function markResolved(db: Database, uploadSeq: string): Promise<void> {
  await db.raw(`INSERT INTO ${chunksTable(uploadSeq)} VALUES (0, 0, '', 0) ON CONFLICT DO NOTHING`);
}

/** Whether the keys stand that staged rows are filled from. */
export async function isResolved(db: Database, uploadSeq: string): Promise<boolean> {
  const { rows } = await db.raw(`SELECT 1 FROM ${chunksTable(uploadSeq)} WHERE file_no = 0`);
  return rows.length > 0;
}

/**
 * Gives the planner its statistics of an entity's staged rows, of the columns that are joined by. A sample of a tenth of
 * the usual size tells enough.
 */
export async function analyzeStaging(db: Knex, uploadSeq: string, definition: EntityDefinition): Promise<void> {
  const columns = ['file_no', 'row_no', 'entity_id', ...stagingColumns(definition).map(({ name }) => identifier(name))];
  await analyzeSample(db, `${rowsTable(uploadSeq, definition.name)} (${columns.join(', ')})`);
}

/** Makes the verdicts ready for joins, once all rows are staged. */
export async function indexVerdicts(db: Knex, uploadSeq: string): Promise<void> {
  const table = verdictsTable(uploadSeq);
  await db.raw(
    `CREATE INDEX IF NOT EXISTS ${identifier(`u${uploadSeq}_verdicts_row`)} ON ${table} (entity, file_no, row_no)`,
  );
  await analyzeSample(db, table);
}
