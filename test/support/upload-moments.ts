import type { Knex } from 'knex';
import { waitFor } from '../../scripts/stack/wait';

/** Whether an upload has come so far, as the database shows it. */
export type Moment = (db: Knex, uploadSeq: string) => Promise<boolean>;

/** @throws Error when it does not come so far in time. */
export async function reached(db: Knex, uploadId: string, moment: Moment, timeoutMs = 120_000): Promise<void> {
  const [{ upload_seq: uploadSeq }] = await db('uploads').where({ upload_id: uploadId }).select('upload_seq');
  await waitFor('the step of an upload', () => moment(db, uploadSeq), { timeoutMs, everyMs: 5 });
}

export function inStep(step: string): Moment {
  return async (db, uploadSeq) => {
    const [upload] = await db('uploads').where({ upload_seq: uploadSeq }).select('step', 'status');
    return upload.step === step && upload.status === 'running';
  };
}

export const ended: Moment = async (db, uploadSeq) => {
  const [upload] = await db('uploads').where({ upload_seq: uploadSeq }).select('status');
  return !['accepted', 'running'].includes(upload.status);
};

/** So many chunks are staged. */
export function staged(chunks: number): Moment {
  return async (db, uploadSeq) => {
    const table = `staging.u${uploadSeq}_chunks`;
    const { rows: found } = await db.raw('SELECT to_regclass(?) IS NOT NULL AS found', [table]);
    if (!found[0].found) return false;
    const { rows: marks } = await db.raw(`SELECT count(*)::int AS chunks FROM ${table}`);
    return marks[0].chunks >= chunks;
  };
}

/** So many pages are committed. */
export function committed(pages: number): Moment {
  return async (db, uploadSeq) => {
    const [row] = await db('commit_pages').where({ upload_seq: uploadSeq }).count('committed_at AS pages');
    return Number(row?.pages) >= pages;
  };
}
