import type { Outcome } from '../../contracts/upload';
import type { EntityDefinition } from '../../domain/entities/definition';
import { referenceColumn, stagingColumns } from '../../domain/entities/staging-columns';
import { identifier, type Database } from '../client';
import { copyColumns, rowsTable } from './staging';

interface ParkingScope {
  uploadSeq: string;
  tenantId: number;
  definition: EntityDefinition;
}

/** Outcomes of a row that take the place of a parked predecessor: all but errored and superseded. */
export const replacingOutcomes: readonly Outcome[] = [
  'created',
  'updated',
  'unchanged',
  'disabled',
  'deleted',
  'parked',
];

/** A row that came again replaces its parked predecessor. */
export async function replaceParked(
  db: Database,
  { uploadSeq, tenantId, definition }: ParkingScope,
  outcomes: readonly Outcome[],
): Promise<void> {
  await db.raw(
    `UPDATE parked_rows p SET state = 'replaced', settled_at = now(), settled_by = :uploadSeq
     FROM upload_rows l
     WHERE p.tenant_id = :tenantId AND p.entity = :entity AND p.state = 'waiting' AND p.upload_seq <> :uploadSeq
       AND l.upload_seq = :uploadSeq AND l.entity = p.entity AND l.entity_id = p.entity_id AND l.file_no > 0
       AND l.outcome = ANY(:outcomes)`,
    { uploadSeq, tenantId, entity: definition.name, outcomes },
  );
}

/** Keeps the parked rows of an upload until their parents arrive. */
export async function parkRows(db: Database, { uploadSeq, tenantId, definition }: ParkingScope): Promise<void> {
  const columns = stagingColumns(definition).map(({ name }) => `'${name}', s.${identifier(name)}`);
  await db.raw(
    `INSERT INTO parked_rows (tenant_id, entity, entity_id, upload_seq, file_no, row_no, document, content_hash, disabled,
                              columns)
     SELECT CAST(:tenantId AS int), :entity, s.entity_id, l.upload_seq, l.file_no, l.row_no, s.document::text, s.content_hash, s.disabled,
            jsonb_strip_nulls(jsonb_build_object(${columns.join(', ')}))
     FROM upload_rows l
     JOIN ${rowsTable(uploadSeq, definition.name)} s ON s.file_no = l.file_no AND s.row_no = l.row_no
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.outcome = 'parked' AND l.file_no > 0
     ON CONFLICT (upload_seq, entity, file_no, row_no) DO NOTHING`,
    { uploadSeq, tenantId, entity: definition.name },
  );
}

/** Parked rows of an upload, whatever became of them since. */
export async function countParked(db: Database, uploadSeq: string): Promise<number> {
  const { rows } = await db.raw(`SELECT count(*)::int AS rows FROM parked_rows WHERE upload_seq = ?`, [uploadSeq]);
  return rows[0].rows;
}

/** Entities of which the tenant has rows waiting. */
export async function waitingEntities(db: Database, tenantId: number): Promise<Set<string>> {
  const { rows } = await db.raw(`SELECT DISTINCT entity FROM parked_rows WHERE tenant_id = ? AND state = 'waiting'`, [
    tenantId,
  ]);
  return new Set(rows.map((row: { entity: string }) => row.entity));
}

/**
 * Stages waiting rows whose every parent is committed by now, as rows of file 0 under their parked id.
 * @returns how many were staged, at most `limit`
 */
export async function stageReleasable(db: Database, scope: ParkingScope & { limit: number }): Promise<number> {
  const { uploadSeq, tenantId, definition, limit } = scope;
  const parents = definition.references.flatMap((reference, index) =>
    reference.soft
      ? []
      : [
          `AND (p.columns ->> '${referenceColumn(index)}' IS NULL OR EXISTS (
             SELECT 1 FROM records r WHERE r.tenant_id = p.tenant_id AND r.entity = '${reference.target}'
               AND r.entity_id = p.columns ->> '${referenceColumn(index)}'))`,
        ],
  );
  const extra = stagingColumns(definition).map(({ name }) => `, p.columns ->> '${name}'`);
  const { rowCount } = await db.raw(
    `INSERT INTO ${rowsTable(uploadSeq, definition.name)} (${copyColumns(definition).map(identifier).join(', ')})
     SELECT 0, p.parked_id, false, p.entity_id, p.disabled, p.content_hash, p.document::jsonb${extra.join('')}
     FROM parked_rows p
     WHERE p.tenant_id = :tenantId AND p.entity = :entity AND p.state = 'waiting' ${parents.join('\n')}
     ORDER BY p.parked_id
     LIMIT :limit`,
    { tenantId, entity: definition.name, limit },
  );
  return rowCount;
}

/** Closes the parked rows that this upload released, each with the outcome that the ledger gives it. */
export async function settleReleased(db: Database, { uploadSeq, tenantId, definition }: ParkingScope): Promise<void> {
  await db.raw(
    `UPDATE parked_rows p SET state = 'released', outcome = l.outcome, settled_at = now(), settled_by = :uploadSeq
     FROM upload_rows l
     WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.file_no = 0 AND l.row_no = p.parked_id
       AND p.tenant_id = :tenantId AND p.state = 'waiting'`,
    { uploadSeq, tenantId, entity: definition.name },
  );
}

/** Empties file 0 of the staging table, so that a further batch of released rows is judged by itself. */
export async function clearReleased(db: Database, { uploadSeq, definition }: ParkingScope): Promise<void> {
  await db.raw(`DELETE FROM ${rowsTable(uploadSeq, definition.name)} WHERE file_no = 0`);
}
