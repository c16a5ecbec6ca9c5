import assert from 'node:assert/strict';
import { acceptWithoutWorkflow } from './accept-without-workflow';
import type { CalledActivities } from './activities';
import type { TestStack } from './stack';
import type { TestTenant } from './tenants';

export interface PatientRow {
  line: number;
  patient: string | null;
  outcome: string;
  codes: string[];
}

const header = 'First Name,Last Name,Birthday,Gender,EHR ID,Notes,Home Phone\n';

/** Imports rows of patients by the activities of an upload, one after the other. */
export class PatientUploads {
  constructor(
    private readonly stack: TestStack,
    private readonly activities: CalledActivities,
    readonly tenant: TestTenant,
  ) {}

  /** @param rows cells of first name, last name, birthday, gender, EHR ID, notes, home phone */
  async import(rows: readonly string[]): Promise<PatientRow[]> {
    const { ref, uploadSeq } = await this.stage(rows);
    assert.deepEqual(await this.activities.run('planUpload', ref), { status: 'done' });
    await this.finish(ref);
    return this.ledger(uploadSeq);
  }

  async stage(rows: readonly string[]): Promise<{ ref: { uploadId: string }; uploadSeq: string }> {
    const files = { 'patients.csv': `${header}${rows.join('\n')}\n` };
    const { uploadId, uploadSeq } = await acceptWithoutWorkflow(this.stack, this.tenant, files, 'patient-csv');
    const ref = { uploadId };
    await this.activities.run('beginUpload', ref);
    await this.activities.run('fetchFile', { ...ref, fileNo: 1 });
    await this.activities.run('stageChunk', { ...ref, entity: 'patient', index: 0 });
    await this.activities.run('requestTurn', ref);
    return { ref, uploadSeq };
  }

  async finish(ref: { uploadId: string }): Promise<void> {
    assert.deepEqual(await this.activities.run('commitUpload', ref), { status: 'done' });
    assert.deepEqual(await this.activities.run('settleUpload', ref), { status: 'done' });
    await this.activities.run('endUpload', { ...ref, status: 'completed' });
  }

  async ledger(uploadSeq: string): Promise<PatientRow[]> {
    const rows = await this.stack.db('upload_rows').where({ upload_seq: uploadSeq }).orderBy('row_no');
    return rows.map((row) => ({
      line: row.row_no,
      patient: row.entity_id,
      outcome: row.outcome,
      codes: (row.problems ?? []).map(({ code }: { code: string }) => code),
    }));
  }

  /** Documents by key. */
  async patients(): Promise<Record<string, Record<string, unknown>>> {
    const rows = await this.stack.db('records').where({ tenant_id: this.tenant.tenantId, entity: 'patient' });
    return Object.fromEntries(rows.map(({ entity_id: id, document }) => [id, document]));
  }
}
