import { randomUUID } from 'node:crypto';
import type { SnapshotWorkflowInput } from '../contracts/snapshot';
import { taskQueues } from '../contracts/task-queues';
import { snapshotWorkflowId } from '../contracts/workflow-ids';
import { countLiveSnapshots, endSnapshot, findSnapshot, insertSnapshot, type Snapshot } from '../db/queries/snapshots';
import { Refusal } from './refusal';
import type { DoorDeps } from './start-upload';

/** A caller waits for this. */
const startTimeoutMs = 5_000;

/** Each is a copy of all that a tenant has. */
const mostSnapshots = 5;

/**
 * Asks for a snapshot of a tenant's entities, to be kept for `keepSeconds`.
 * @throws Refusal SNAPSHOT_LIMIT when the tenant has as many as it may
 */
export async function startSnapshot(
  { db, temporal }: DoorDeps,
  { tenantId, entities, keepSeconds }: { tenantId: number; entities: readonly string[]; keepSeconds: number },
): Promise<Snapshot> {
  const snapshotId = randomUUID();
  await db.transaction(async (trx) => {
    await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('careway snapshots'), ?)`, [tenantId]);
    if ((await countLiveSnapshots(trx, tenantId)) >= mostSnapshots) {
      throw new Refusal('SNAPSHOT_LIMIT', `A tenant may have ${mostSnapshots} snapshots at a time.`, {
        details: { mostSnapshots },
      });
    }
    await insertSnapshot(trx, { snapshotId, tenantId, entities, keepSeconds });
  });
  const input: SnapshotWorkflowInput = { snapshotId, keepSeconds };
  try {
    await temporal.withDeadline(Date.now() + startTimeoutMs, () =>
      temporal.workflow.start('snapshotWorkflow', {
        workflowId: snapshotWorkflowId(snapshotId),
        taskQueue: taskQueues.uploads,
        args: [input],
      }),
    );
  } catch (error) {
    // Whether it was started after all is not known; if so, it finds that it is not wanted any more.
    await endSnapshot(db, snapshotId, { status: 'failed', failureCode: 'UNAVAILABLE' });
    throw error;
  }
  return (await findSnapshot(db, snapshotId))!;
}
