import { randomUUID } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { PatientImportInput, PatientImportResult } from '../../src/contracts/patient-import';
import { sftpFolderPrefix } from '../../src/contracts/sftp-folders';
import { taskQueues } from '../../src/contracts/task-queues';
import { patientImportWorkflowId } from '../../src/contracts/workflow-ids';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

type Import = (input: PatientImportInput) => Promise<PatientImportResult>;

/** A clinic: its two folders as an S3 client sees them, and imports of what lies in them. */
export class PatientParty {
  constructor(
    private readonly stack: TestStack,
    private readonly temporal: Client,
    readonly tenant: TestTenant,
  ) {}

  async setSettleSeconds(settleSeconds: number): Promise<void> {
    const settings = JSON.stringify({ inbox: { settleSeconds } });
    await this.stack.db('tenants').where({ tenant_id: this.tenant.tenantId }).update({ settings });
  }

  async drop(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
    for (const [name, body] of Object.entries(files)) {
      const Key = sftpFolderPrefix(this.tenant, 'pending') + name;
      await this.stack.s3.send(new PutObjectCommand({ Bucket: this.stack.bucket, Key, Body: body }));
    }
  }

  /** Names in a folder, sorted. */
  async names(folder: 'pending' | 'results'): Promise<string[]> {
    const Prefix = sftpFolderPrefix(this.tenant, folder);
    const listed = await this.stack.s3.send(new ListObjectsV2Command({ Bucket: this.stack.bucket, Prefix }));
    return (listed.Contents ?? []).map(({ Key = '' }) => Key.slice(Prefix.length)).sort();
  }

  async readResults(name: string): Promise<string> {
    const Key = sftpFolderPrefix(this.tenant, 'results') + name;
    const { Body } = await this.stack.s3.send(new GetObjectCommand({ Bucket: this.stack.bucket, Key }));
    return Body!.transformToString('utf8');
  }

  start(): Promise<WorkflowHandle<Import>> {
    const { workspaceId, bucketId } = this.tenant;
    return this.temporal.workflow.start<Import>('patientImportWorkflow', {
      workflowId: `${patientImportWorkflowId(workspaceId, bucketId)}-${randomUUID()}`,
      taskQueue: taskQueues.uploads,
      args: [{ workspaceId, bucketId }],
    });
  }

  async import(): Promise<PatientImportResult> {
    return (await this.start()).result();
  }

  async events(): Promise<{ event_type: string; body: Record<string, unknown>; published_at: Date | null }[]> {
    return this.stack
      .db('events')
      .where({ tenant_id: this.tenant.tenantId })
      .whereLike('event_type', 'patient-import.%')
      .orderBy('event_seq');
  }

  /** Documents of the tenant's patients without the keys that are given to them, by EHR ID and name. */
  async patients(): Promise<Record<string, unknown>[]> {
    const { rows } = await this.stack.db.raw(
      `SELECT document FROM records WHERE tenant_id = ? AND entity = 'patient'
        ORDER BY document ->> 'ehrId', document ->> 'lastName', document ->> 'firstName'`,
      [this.tenant.tenantId],
    );
    return rows.map(({ document: { entityId, ...rest } }: { document: Record<string, unknown> }) => {
      if (!entityId) throw new Error('A patient has no key');
      return rest;
    });
  }
}
