import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { outcomes } from '../../src/contracts/upload';
import { createTemporalClient } from '../../src/platform/temporal-client';
import { cc5File, sampleEntities } from './cc5-files';
import { spawnApi, spawnWorker, type SpawnedProcess } from './processes';
import { useStack, type TestStack } from './stack';
import { freshTenant, type TestTenant } from './tenants';
import { UploadClient, type RowView, type UploadOptions, type UploadView } from './upload-client';

type EntityName = (typeof sampleEntities)[number];

/** Fields that differ from those of `usual`, or a line as it stands in the file: `90|F-1`. */
export type TestRow = Readonly<Record<string, string | boolean>> | string;

/** Rows by entity; `family#2` is a second file of the same entity. */
export type TestFiles = Readonly<Record<string, readonly TestRow[]>>;

const childCopies = { childName: '', childDOB: '' };

/** A row of each entity that goes in, given that the others are there. */
const usual: Readonly<Record<EntityName, Readonly<Record<string, string | boolean>>>> = {
  family: { entityId: 'F-1', name: 'Ruiz', disabled: false },
  family_member: {
    entityId: 'M-1',
    familyEntityId: 'F-1',
    firstName: 'Ana',
    lastName: 'Ruiz',
    middleInitial: '',
    dob: '20200131',
    gender: 'female',
    status: 'active',
    isParent: false,
    isChild: true,
    primaryParent: false,
    minorParent: false,
    disabled: false,
  },
  provider: {
    entityId: 'P-1',
    name: 'Sunrise Center',
    email: 'office@sunrise.example',
    address: '{"zip":"46204","state":"IN"}',
    providerType: 'licensed-center',
    taxId: '98-7654321',
    disabled: false,
  },
  care: {
    entityId: 'C-1',
    childId: 'M-1',
    ...childCopies,
    providerId: 'P-1',
    providerName: '',
    startDate: '20260101',
    disabled: false,
  },
  claim: {
    entityId: 'CL-1',
    childId: 'M-1',
    ...childCopies,
    providerId: 'P-1',
    providerName: '',
    providerType: 'licensed-center',
    startDate: '20260101',
    endDate: '20260131',
    fundingSource: 'CCDF',
    isAdjustment: false,
    familyId: 'F-1',
    data: '{}',
    disabled: false,
  },
  provider_payment: {
    entityId: 'EOP-1',
    refEntityType: 'wks_provider',
    refDatasourceCode: 'cc-provider',
    refEntityId: 'P-1',
    providerName: '',
    disabled: false,
  },
};

const columnTypes: Readonly<Record<string, string>> = { address: 'object', data: 'object', disabled: 'bool' };

/** One row of each entity, all of which go in. */
export const wholeSet = Object.fromEntries(sampleEntities.map((entity) => [entity, [{}]])) as unknown as Readonly<
  Record<EntityName, readonly TestRow[]>
>;

/** A sync file of one entity for a tenant. */
export function fileOf(tenant: TestTenant, entity: string, rows: readonly TestRow[]): string {
  const fields = usual[entity as EntityName];
  const names = Object.keys(fields);
  const columns = names.map((name) => `${name}:${columnTypes[name] ?? 'string'}`).join('|');
  const lines = rows.map((row) =>
    typeof row === 'string' ? row : names.map((name) => String(row[name] ?? fields[name])).join('|'),
  );
  return cc5File(tenant, entity, columns, lines);
}

/** A tenant that nobody else has, and what tests ask of it. */
export class Party {
  readonly client: UploadClient;

  constructor(
    private readonly stack: TestStack,
    apiUrl: string,
    readonly tenant: TestTenant,
  ) {
    this.client = new UploadClient(apiUrl, tenant);
  }

  /** Uploads files as one upload, which has to complete with a ledger that adds up. */
  async send(files: TestFiles, options: UploadOptions = {}): Promise<UploadView> {
    const upload = await this.client.upload(this.filesOf(files), options);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    for (const [entity, counts] of Object.entries(upload.counts)) {
      const sum = outcomes.reduce((total, outcome) => total + counts[outcome], 0);
      assert.equal(sum, counts.read, `${entity}: every row that was read has one outcome`);
    }
    return upload;
  }

  /** Puts files and starts an upload of them. */
  async begin(files: TestFiles, options: UploadOptions = {}): Promise<string> {
    return this.client.start(await this.put(files), options);
  }

  async put(files: TestFiles): Promise<string[]> {
    return Promise.all(Object.entries(this.filesOf(files)).map(([name, text]) => this.client.putFile(name, text)));
  }

  filesOf(files: TestFiles): Record<string, string> {
    return Object.fromEntries(
      Object.entries(files).map(([name, rows]) => [`${name}.cc5txt`, fileOf(this.tenant, name.split('#')[0]!, rows)]),
    );
  }

  /** Waits until an upload has committed so many pages of an entity. */
  async untilPages(uploadId: string, entity: string, pages: number): Promise<void> {
    await this.client.until(uploadId, (upload) => {
      const { progress } = upload as unknown as { progress: Record<string, { commit: { done: number } }> };
      return (progress[entity]?.commit.done ?? 0) >= pages;
    });
  }

  /** Each row of an upload in a line: `CL-1 parked REFERENCE_UNRESOLVED:childId`. */
  async outcomes({ uploadId }: Pick<UploadView, 'uploadId'>, query = ''): Promise<string[]> {
    return (await this.client.rows(uploadId, query)).map(inALine);
  }

  /** What is committed of an entity, by id. */
  async records(entity: string): Promise<Record<string, RecordView>> {
    const rows = await this.stack
      .db('records')
      .where({ tenant_id: this.tenant.tenantId, entity })
      .orderBy('entity_id')
      .select('entity_id', 'document', 'disabled', this.stack.db.raw('modified::text AS modified'));
    return Object.fromEntries(rows.map(({ entity_id: id, ...record }) => [id as string, record as RecordView]));
  }

  /** Keys of what is committed: `family F-1`. */
  async committed(): Promise<string[]> {
    const rows = await this.stack
      .db('records')
      .where({ tenant_id: this.tenant.tenantId })
      .select('entity', 'entity_id');
    return rows.map((row) => `${row.entity} ${row.entity_id}`).sort();
  }

  async events(eventType: string): Promise<Record<string, unknown>[]> {
    const rows = await this.stack
      .db('events')
      .where({ tenant_id: this.tenant.tenantId, event_type: eventType })
      .orderBy('event_seq')
      .select('body');
    return rows.map(({ body }) => body as Record<string, unknown>);
  }

  /** Names of the staging tables that an upload still has. */
  async stagingTables({ uploadId }: Pick<UploadView, 'uploadId'>): Promise<string[]> {
    const { upload_seq: seq } = await this.stack.db('uploads').where({ upload_id: uploadId }).first();
    const { rows } = await this.stack.db.raw(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE ?`,
      [`u${seq}\\_%`],
    );
    return rows.map((row: { tablename: string }) => row.tablename);
  }

  async setSeverities(severities: Record<string, string>): Promise<void> {
    await this.stack
      .db('tenants')
      .where({ tenant_id: this.tenant.tenantId })
      .update({ settings: JSON.stringify({ severities }) });
  }
}

export interface RecordView {
  document: Record<string, unknown>;
  disabled: boolean;
  modified: string;
}

function inALine({ entityId, outcome, problems }: RowView): string {
  return [entityId ?? '-', outcome, ...problems.map(({ code, field }) => `${code}:${field}`)].join(' ');
}

export interface UploadWorld {
  stack: TestStack;
  temporal: Client;
  apiUrl: string;
  worker: SpawnedProcess;
  party(): Promise<Party>;
  close(): Promise<void>;
}

/** The stack with one API and one worker of its own. `workerEnv` sets the worker's limits. */
export async function openWorld(workerEnv: NodeJS.ProcessEnv = {}): Promise<UploadWorld> {
  const stack = await useStack();
  const [api, worker, temporal] = await Promise.all([
    spawnApi(stack),
    spawnWorker(stack, workerEnv),
    createTemporalClient(stack.config),
  ]);
  return {
    stack,
    temporal: temporal.client,
    apiUrl: api.url,
    worker,
    party: async () => new Party(stack, api.url, await freshTenant(stack)),
    close: async () => {
      await Promise.all([worker.stop(), api.stop(), temporal.close()]);
    },
  };
}
