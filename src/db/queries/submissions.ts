import { recordIdSql } from '../../domain/record-id';
import type { Database } from '../client';
import { rowsTable } from './staging';
import type { WriteScope } from './commit';
import { isRecord } from './tenant-join';

/*
 * Submission events (data-model C.4, C.6), one for each submission, written in the transaction that writes its record.
 *
 * A record that is new was submitted by its provider: CCN has no others. One that changes was submitted again when its
 * attendance, the provider's signature or its date is another, or its status, unless it is the parent who has signed now.
 * The parent has submitted when there is a parent's signature, or a date of it, that was not there before. Both at once
 * are two events, the provider's first. What is disabled is no submission.
 */

/** Whether the parent has signed anew; `old` is null for a new record. */
const parentSigned = `(p.document ->> 'parentSignatureHash' IS DISTINCT FROM p.old ->> 'parentSignatureHash'
       AND p.document ->> 'parentSignatureHash' IS NOT NULL
     OR p.document ->> 'parentSignDate' IS DISTINCT FROM p.old ->> 'parentSignDate'
       AND p.document ->> 'parentSignDate' IS NOT NULL)`;

const differs = (field: string): string => `p.document -> '${field}' IS DISTINCT FROM p.old -> '${field}'`;

const providerSubmitted = `(p.old IS NULL OR ${['attendance', 'providerSignatureHash', 'providerSignDate'].map(differs).join(' OR ')}
     OR ${differs('status')} AND NOT ${parentSigned})`;

/** 7 decimals, of which PostgreSQL knows 6. */
const eventTime = `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"')`;

type SubmissionScope = Omit<WriteScope, 'stamp'> & { dataSourceCode: string };

function insertSubmissions(scope: SubmissionScope, outcome: 'created' | 'updated'): string {
  const old = outcome === 'updated' ? 'r.document' : 'NULL::jsonb';
  return `INSERT INTO events (tenant_id, event_type, upload_seq, body)
     SELECT CAST(:tenantId AS int), e.event_type, CAST(:uploadSeq AS bigint),
            jsonb_build_object('id', ${recordIdSql('p.id')}, 'datasource_code', CAST(:dataSourceCode AS text),
              'workspace_id', t.workspace_id, 'bucket_id', t.bucket_id, 'event_type', e.event_type,
              'event_time', ${eventTime})
     FROM (SELECT l.row_no, r.id, CAST(s.document AS jsonb) AS document, ${old} AS old
           FROM upload_rows l
           JOIN ${rowsTable(scope.uploadSeq, scope.definition.name)} s
             ON s.file_no = l.file_no AND s.row_no = l.row_no
           JOIN records r ON ${isRecord('s.entity_id')}
           WHERE l.upload_seq = :uploadSeq AND l.entity = :entity AND l.outcome = '${outcome}'
             AND l.file_no = :fileNo AND l.row_no BETWEEN :fromRow AND :toRow
             AND s.file_no = :fileNo AND s.row_no BETWEEN :fromRow AND :toRow
             AND NOT s.disabled) p
     JOIN tenants t ON t.tenant_id = :tenantId
     CROSS JOIN LATERAL (VALUES (1, 'attendance', ${providerSubmitted}), (2, 'parent-attendance', ${parentSigned}))
       AS e (place, event_type, happened)
     WHERE e.happened
     ORDER BY p.row_no, e.place`;
}

/** Announces the submissions among the rows that change records. Call it before they are written. */
export async function announceChangedSubmissions(db: Database, scope: SubmissionScope): Promise<void> {
  await db.raw(insertSubmissions(scope, 'updated'), bindings(scope));
}

/** Announces the submissions among the rows that made records. Call it when they are written. */
export async function announceNewSubmissions(db: Database, scope: SubmissionScope): Promise<void> {
  await db.raw(insertSubmissions(scope, 'created'), bindings(scope));
}

function bindings({ uploadSeq, tenantId, definition, page, dataSourceCode }: SubmissionScope) {
  return { uploadSeq, tenantId, entity: definition.name, dataSourceCode, ...page };
}
