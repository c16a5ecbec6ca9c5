import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeDataSet } from '../../bench/data-set';
import type { TestTenant } from './tenants';
import type { UploadClient } from './upload-client';

/** Puts a made-up sync of about so many rows in place, a file per entity, and gives the files' ids. */
export async function putDataSet(client: UploadClient, tenant: TestTenant, rows: number): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-data-'));
  try {
    const fileIds: string[] = [];
    for (const { entity, file } of await writeDataSet({ folder, rows, ...tenant })) {
      fileIds.push(await client.putFile(`${entity}.cc5txt`, readFileSync(file)));
    }
    return fileIds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
