import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { UploadCounts } from '../../contracts/upload';

/*
 * Resolving and planning an upload takes several transactions, some of them at once. An attempt that was given up may still
 * run when the next one begins, or when the upload is ended: it must not add to what that one writes, nor plan over a plan
 * that stands, nor plan again what was taken back.
 */

const isLatest = `upload_seq = :uploadSeq AND plan_attempt_id = :attemptId`;

export interface PlanAttempt {
  uploadSeq: string;
  attemptId: string;
  /** Sums of the plan that an earlier attempt has finished. */
  planned: UploadCounts | null;
}

/** Begins an attempt. Transactions of an earlier one that are under way are waited for; it gets no further ones. */
export async function beginPlanAttempt(db: Knex, uploadSeq: string): Promise<PlanAttempt> {
  const attemptId = randomUUID();
  const { rows } = await db.raw(
    `UPDATE uploads SET plan_attempt_id = :attemptId WHERE upload_seq = :uploadSeq
     RETURNING CASE WHEN planned_at IS NOT NULL THEN counts END AS planned`,
    { uploadSeq, attemptId },
  );
  return { uploadSeq, attemptId, planned: rows[0].planned };
}

/**
 * Ends all attempts, before what they have planned is taken back or made final.
 * @returns whether the plan stands
 */
export async function endPlanAttempts(trx: Knex.Transaction, uploadSeq: string): Promise<boolean> {
  const { rows } = await trx.raw(
    `UPDATE uploads SET plan_attempt_id = NULL WHERE upload_seq = ? RETURNING planned_at IS NOT NULL AS planned`,
    [uploadSeq],
  );
  return rows[0].planned;
}

/** Runs a transaction of an attempt. @throws Error when the upload was ended or another attempt has begun since */
export async function inPlanAttempt<T>(
  db: Knex,
  { uploadSeq, attemptId }: PlanAttempt,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw(`SELECT 1 FROM uploads WHERE ${isLatest} FOR SHARE`, { uploadSeq, attemptId });
    if (rows.length === 0) throw endedAttempt(uploadSeq);
    return work(trx);
  });
}

/**
 * Notes that the plan stands: from here on outcomes do not change any more.
 * @throws Error when the upload was ended or another attempt has begun since
 */
export async function markPlanned(
  db: Knex,
  { uploadSeq, attemptId }: PlanAttempt,
  counts: UploadCounts,
): Promise<void> {
  const { rowCount } = await db.raw(`UPDATE uploads SET planned_at = now(), counts = :counts WHERE ${isLatest}`, {
    uploadSeq,
    attemptId,
    counts: JSON.stringify(counts),
  });
  if (rowCount === 0) throw endedAttempt(uploadSeq);
}

function endedAttempt(uploadSeq: string): Error {
  return new Error(`Upload ${uploadSeq}: it was ended, or another attempt to plan it has begun`);
}
