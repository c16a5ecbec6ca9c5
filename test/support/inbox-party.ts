import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { InboxSweepInput, InboxSweepResult } from '../../src/contracts/nightly-sync';
import { taskQueues } from '../../src/contracts/task-queues';
import { inboxSweepWorkflowId, nightlySyncScheduleId } from '../../src/contracts/workflow-ids';
import { ensureNightlySync } from '../../src/doors/nightly-sync';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

/** A tenant's inbox as an S3 client sees it, and sweeps of it. */
export class InboxParty {
  constructor(
    private readonly stack: TestStack,
    private readonly temporal: Client,
    readonly tenant: TestTenant,
  ) {}

  get prefix(): string {
    return `inbox/${this.tenant.workspaceId}/${this.tenant.bucketId}/`;
  }

  async setSettings(settings: Record<string, unknown>): Promise<void> {
    await this.stack
      .db('tenants')
      .where({ tenant_id: this.tenant.tenantId })
      .update({ settings: JSON.stringify(settings) });
  }

  async drop(files: Record<string, string>): Promise<void> {
    for (const [name, body] of Object.entries(files)) {
      await this.stack.s3.send(
        new PutObjectCommand({ Bucket: this.stack.bucket, Key: this.prefix + name, Body: Buffer.from(body) }),
      );
    }
  }

  /** Names that lie in the inbox. */
  async names(): Promise<string[]> {
    const listed = await this.stack.s3.send(
      new ListObjectsV2Command({ Bucket: this.stack.bucket, Prefix: this.prefix }),
    );
    return (listed.Contents ?? []).map(({ Key: key = '' }) => key.slice(this.prefix.length)).sort();
  }

  start(
    input: Partial<InboxSweepInput> = {},
  ): Promise<WorkflowHandle<(input: InboxSweepInput) => Promise<InboxSweepResult>>> {
    const { workspaceId, bucketId } = this.tenant;
    return this.temporal.workflow.start<(input: InboxSweepInput) => Promise<InboxSweepResult>>('inboxSweepWorkflow', {
      workflowId: `${inboxSweepWorkflowId(workspaceId, bucketId)}-${randomUUID()}`,
      taskQueue: taskQueues.uploads,
      args: [{ workspaceId, bucketId, ...input }],
    });
  }

  async sweep(input: Partial<InboxSweepInput> = {}): Promise<InboxSweepResult> {
    return (await this.start(input)).result();
  }

  /** Has the schedule start a run that was meant for a night long gone. @returns the id of its workflow */
  async missedRun(): Promise<string> {
    const { workspaceId, bucketId } = this.tenant;
    await ensureNightlySync(this.temporal, { workspaceId, bucketId, timeZone: 'America/Los_Angeles', settings: {} });
    const schedule = this.temporal.schedule.getHandle(nightlySyncScheduleId(workspaceId, bucketId));
    const [start, end] = [new Date('2026-01-15T08:00:00Z'), new Date('2026-01-15T09:00:00Z')];
    await schedule.backfill({ start, end, overlap: 'ALLOW_ALL' });
    for (;;) {
      const [run] = (await schedule.describe()).info.recentActions;
      if (run) {
        const { workflowId } = run.action.workflow;
        await assert.rejects(this.temporal.workflow.getHandle(workflowId).result());
        return workflowId;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async uploads(): Promise<{ upload_id: string; status: string; source: string; failure: { code: string } | null }[]> {
    return this.stack.db('uploads').where({ tenant_id: this.tenant.tenantId }).orderBy('upload_seq');
  }

  async events(like: string): Promise<{ event_type: string; body: Record<string, unknown>; published_at: Date }[]> {
    return this.stack
      .db('events')
      .where({ tenant_id: this.tenant.tenantId })
      .whereLike('event_type', like)
      .orderBy('event_seq');
  }

  /** What is committed, without what differs by time. */
  async records(): Promise<unknown> {
    const { rows } = await this.stack.db.raw(
      `SELECT entity, count(*)::int AS records,
              md5(string_agg(entity_id || document::text || content_hash::text || disabled, ',' ORDER BY entity_id)) AS digest
         FROM records WHERE tenant_id = ? GROUP BY entity ORDER BY entity`,
      [this.tenant.tenantId],
    );
    return rows;
  }
}
