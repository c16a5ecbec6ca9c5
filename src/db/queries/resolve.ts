import type { Severity } from '../../domain/problems';
import { findEntity } from '../../domain/entities';
import type { EntityDefinition, ReferenceDefinition } from '../../domain/entities/definition';
import { attributeColumn, linkColumn, referenceColumn } from '../../domain/entities/staging-columns';
import { identifier, type Database } from '../client';
import { analyzeSample } from './analyze';
import { clearKeys, keysTable, rowsTable, verdictsTable } from './staging';
import { isRecord } from './tenant-join';

/*
 * Association resolution in sets (data-model A.10, R1 to R7). Entities are taken in level order. For each: earlier rows
 * with the same key are marked superseded, keys that its references need are looked up among the committed records,
 * every reference is judged by one join per target, and the entity's own keys are made known to the levels below.
 */

export interface ResolveScope {
  uploadSeq: string;
  tenantId: number;
  definition: EntityDefinition;
  /** All entities that are resolved with it. */
  among: readonly EntityDefinition[];
  /** The rows of the upload's own files, or the rows it releases from parking. */
  round: 'own' | 'released';
  /** Severity by code, after the tenant's own settings. */
  severities: Readonly<Record<string, Severity>>;
}

/** Restricts a staging or ledger table to one round. */
export function inRound(alias: string, round: ResolveScope['round']): string {
  return round === 'own' ? `${alias}.file_no > 0` : `${alias}.file_no = 0`;
}

/** Forgets what an earlier, interrupted resolution of this upload left behind. */
export async function clearResolution(db: Database, uploadSeq: string): Promise<void> {
  // The lock of TRUNCATE comes first: two attempts at once would each add their verdicts.
  await clearKeys(db, uploadSeq);
  await db.raw(`DELETE FROM ${verdictsTable(uploadSeq)} WHERE NOT from_row`);
}

/** Resolves the associations of one entity's staged rows: verdicts for its rows, keys for the levels below. */
export async function resolveEntity(db: Database, scope: ResolveScope): Promise<void> {
  await markSuperseded(db, scope);
  for (const target of new Set(scope.definition.references.map((reference) => reference.target))) {
    await lookUpCommittedKeys(db, scope, target);
  }
  await judgeReferences(db, scope);
  await judgeSoftReferences(db, scope);
  if (isReferenced(scope)) await publishKeys(db, scope);
  // The planner takes a table that was empty when last looked at for empty still, and would join it row by row.
  await analyzeSample(db, `${verdictsTable(scope.uploadSeq)}, ${keysTable(scope.uploadSeq)}`);
}

/** Keys that nothing below refers to, nobody asks for. */
function isReferenced({ definition, among }: ResolveScope): boolean {
  return among.some(({ references }) => references.some(({ target }) => target === definition.name));
}

/** R7: the last row of a key wins, whatever it says. */
async function markSuperseded(db: Database, { uploadSeq, definition, round }: ResolveScope): Promise<void> {
  const rows = rowsTable(uploadSeq, definition.name);
  await db.raw(
    `INSERT INTO ${verdictsTable(uploadSeq)}
     SELECT :entity, file_no, row_no, 0, 'superseded', NULL, NULL, false
     FROM (
       SELECT s.file_no, s.row_no, lead(true) OVER (PARTITION BY s.entity_id ORDER BY s.file_no, s.row_no) AS later
       FROM ${rows} s
       JOIN (SELECT entity_id FROM ${rows} s WHERE entity_id IS NOT NULL AND ${inRound('s', round)}
             GROUP BY entity_id HAVING count(*) > 1) repeated USING (entity_id)
       WHERE ${inRound('s', round)}
     ) ranked
     WHERE later`,
    { entity: definition.name },
  );
}

/** Adds the keys of committed records that rows refer to and that this upload says nothing of itself. */
async function lookUpCommittedKeys(db: Database, scope: ResolveScope, target: string): Promise<void> {
  const { uploadSeq, tenantId, definition, round } = scope;
  const keys = keysTable(uploadSeq);
  const wanted = definition.references.flatMap((reference, index) => {
    if (reference.target !== target) return [];
    const column = identifier(referenceColumn(index));
    const key = reference.soft ? `jsonb_array_elements_text(s.${column}::jsonb)` : `s.${column}`;
    return [
      `SELECT ${key} AS key FROM ${rowsTable(uploadSeq, definition.name)} s
             WHERE s.${column} IS NOT NULL AND ${inRound('s', round)}`,
    ];
  });
  await db.raw(
    `INSERT INTO ${keys} (entity, entity_id, state${attributeList(target)})
     SELECT r.entity, r.entity_id, CASE WHEN r.disabled THEN 'disabled' ELSE 'ok' END${attributesOfRecord(target)}
     FROM (
       SELECT DISTINCT key FROM (${wanted.join(' UNION ALL ')}) needed
       WHERE NOT EXISTS (SELECT 1 FROM ${keys} k WHERE k.entity = :target AND k.entity_id = key)
     ) missing
     JOIN records r ON ${isRecord('missing.key', ':target')}`,
    { target, tenantId },
  );
}

/** What a superseded row refers to does not matter any more. */
function notSuperseded(uploadSeq: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${verdictsTable(uploadSeq)} p
            WHERE p.entity = :entity AND p.severity = 'superseded' AND p.file_no = s.file_no AND p.row_no = s.row_no)`;
}

/** One scan of the rows with one join per reference gives every verdict on hard references, matches and copies. */
async function judgeReferences(db: Database, scope: ResolveScope): Promise<void> {
  const { uploadSeq, definition, round, severities } = scope;
  const hard = definition.references.flatMap((reference, index) => (reference.soft ? [] : [{ reference, index }]));
  if (hard.length === 0) return;
  const joins = hard.map(
    ({ reference, index }) =>
      `LEFT JOIN ${keysTable(uploadSeq)} k${index}
         ON k${index}.entity = '${reference.target}' AND k${index}.entity_id = s.${identifier(referenceColumn(index))}`,
  );
  const judgements = [
    ...hard.map(({ reference, index }) => judgeReference(reference, index)),
    ...definition.matches.map((link) => judgeLink(definition, link, 'REFERENCE_MISMATCH')),
    ...definition.copies.map((link) => judgeLink(definition, link, 'NAME_MISMATCH')),
  ];
  const values = judgements.map(({ code, field }, position) => `(${position + 100}, ${code}, '${field}')`);
  // Most rows have nothing to be said of them; only the others are worth a list of judgements.
  const doubtful = judgements.map(({ doubt }) => `(${doubt})`);
  await db.raw(
    `INSERT INTO ${verdictsTable(uploadSeq)}
     SELECT :entity, s.file_no, s.row_no, v.position, CAST(:severities AS jsonb) ->> v.code, v.code, v.field, false
     FROM ${rowsTable(uploadSeq, definition.name)} s
     ${joins.join('\n')}
     CROSS JOIN LATERAL (VALUES ${values.join(',\n')}) v (position, code, field)
     WHERE (${doubtful.join(' OR ')}) AND v.code IS NOT NULL AND s.document IS NOT NULL AND ${inRound('s', round)}
       AND NOT EXISTS (SELECT 1 FROM ${verdictsTable(uploadSeq)} p
                       WHERE p.entity = :entity AND p.severity = 'superseded'
                         AND p.file_no = s.file_no AND p.row_no = s.row_no)`,
    { entity: definition.name, severities: JSON.stringify(severities) },
  );
}

/** SQL over a staged row `s` and the keys `kN` that it refers to. */
interface Judgement {
  /** True for every row that gets a code, and for few others. */
  doubt: string;
  /** The code, or null. */
  code: string;
  field: string;
}

/** R1 to R4: satisfied, disabled (an error unless the row is disabled itself), rejected in this upload, or nowhere. */
function judgeReference(reference: ReferenceDefinition, index: number): Judgement {
  const key = `k${index}`;
  const value = `s.${identifier(referenceColumn(index))}`;
  return {
    doubt: `${value} IS NOT NULL AND ${key}.state IS DISTINCT FROM 'ok'`,
    code: `CASE
      WHEN ${value} IS NULL OR ${key}.state = 'ok' THEN NULL
      WHEN ${key}.state = 'disabled' THEN CASE WHEN s.disabled THEN NULL ELSE 'REFERENCE_DISABLED' END
      WHEN ${key}.state = 'rejected' THEN 'REFERENCE_REJECTED'
      ELSE 'REFERENCE_UNRESOLVED' END`,
    field: reference.field,
  };
}

/** R5, R6: a field that says something else than the record that the row refers to. */
function judgeLink(definition: EntityDefinition, link: EntityDefinition['copies'][number], code: string): Judgement {
  const index = definition.references.findIndex((reference) => reference.field === link.of && !reference.soft);
  const attribute = `k${index}.${identifier(attributeColumn(link.attribute))}`;
  const differs = `s.${identifier(linkColumn(link.field))} <> ${attribute}`;
  return { doubt: differs, code: `CASE WHEN ${differs} THEN '${code}' END`, field: link.field };
}

async function judgeSoftReferences(db: Database, scope: ResolveScope): Promise<void> {
  const { uploadSeq, definition, round, severities } = scope;
  for (const [index, reference] of definition.references.entries()) {
    if (!reference.soft) continue;
    const column = identifier(referenceColumn(index));
    await db.raw(
      `INSERT INTO ${verdictsTable(uploadSeq)}
       SELECT DISTINCT :entity, s.file_no, s.row_no, CAST(:position AS int), :severity, 'SOFT_REFERENCE_UNRESOLVED', :field, false
       FROM ${rowsTable(uploadSeq, definition.name)} s
       CROSS JOIN LATERAL jsonb_array_elements_text(s.${column}::jsonb) key
       LEFT JOIN ${keysTable(uploadSeq)} k ON k.entity = :target AND k.entity_id = key AND k.state IN ('ok', 'disabled')
       WHERE s.${column} IS NOT NULL AND s.document IS NOT NULL AND k.entity_id IS NULL AND ${inRound('s', round)}
         AND ${notSuperseded(uploadSeq)}`,
      {
        entity: definition.name,
        position: 200 + index,
        severity: severities['SOFT_REFERENCE_UNRESOLVED'] ?? 'warning',
        field: reference.field,
        target: reference.target,
      },
    );
  }
}

/** Makes the keys of this upload's rows known. A row that does not go in leaves what is committed under its key. */
async function publishKeys(db: Database, scope: ResolveScope): Promise<void> {
  const { uploadSeq, tenantId, definition, round } = scope;
  const entity = definition.name;
  const keys = keysTable(uploadSeq);
  const columns = `(entity, entity_id, state${attributeList(entity)})`;
  const own = Object.keys(definition.exposes).map((name) => `, s.${identifier(attributeColumn(name))}`);
  const rows = `${rowsTable(uploadSeq, entity)} s
     LEFT JOIN (SELECT file_no, row_no, bool_or(severity = 'superseded') AS superseded,
                       bool_or(severity IN ('error', 'parked')) AS bad
                FROM ${verdictsTable(uploadSeq)} WHERE entity = :entity GROUP BY 1, 2) v USING (file_no, row_no)
     WHERE s.entity_id IS NOT NULL AND ${inRound('s', round)} AND v.superseded IS NOT TRUE`;
  await db.raw(
    `INSERT INTO ${keys} ${columns}
     SELECT :entity, s.entity_id,
            CASE WHEN s.is_delete THEN 'deleted' WHEN s.disabled THEN 'disabled' ELSE 'ok' END${own.join('')}
     FROM ${rows} AND v.bad IS NOT TRUE`,
    { entity },
  );
  await db.raw(
    `INSERT INTO ${keys} ${columns}
     SELECT :entity, bad.entity_id,
            CASE WHEN r.entity_id IS NULL THEN 'rejected' WHEN r.disabled THEN 'disabled' ELSE 'ok' END
            ${attributesOfRecord(entity)}
     FROM (SELECT s.entity_id FROM ${rows} AND v.bad) bad
     LEFT JOIN records r ON ${isRecord('bad.entity_id')}`,
    { entity, tenantId },
  );
}

function attributeList(entity: string): string {
  return Object.keys(exposedBy(entity))
    .map((name) => `, ${identifier(attributeColumn(name))}`)
    .join('');
}

/** The exposed attributes of a committed record: its fields joined by a blank, as the staging columns hold them. */
function attributesOfRecord(entity: string): string {
  return Object.values(exposedBy(entity))
    .map((fields) => `, NULLIF(concat_ws(' ', ${fields.map((field) => `r.document ->> '${field}'`).join(', ')}), '')`)
    .join('');
}

function exposedBy(entity: string): EntityDefinition['exposes'] {
  return findEntity(entity)?.exposes ?? {};
}
