import assert from 'node:assert/strict';
import { batchesOf, recordsOfFile } from '../support/batches';
import { sampleDay, sampleEntities } from '../support/cc5-files';
import type { UploadView } from '../support/upload-client';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';

/** Day 1 comes children first, so that nearly everything waits for its parent; later days as they should. */
const orderOf = { day1: [...sampleEntities].reverse(), day2: sampleEntities } as const;

describe('the sample through another door', () => {
  let world: UploadWorld;
  let byBatches: Party;
  let oneByOne: Party;
  let byFiles: Party;

  before(async function () {
    this.timeout(180_000);
    world = await openWorld();
    [byBatches, oneByOne, byFiles] = await Promise.all([world.party(), world.party(), world.party()]);
  });
  after(() => world?.close());

  for (const day of ['day1', 'day2'] as const) {
    describe(`on ${day}`, function () {
      this.timeout(240_000);

      let whole: UploadView;

      before(async () => {
        whole = await byFiles.client.upload(sampleDay(byFiles.tenant, day));
        assert.equal(whole.status, 'completed', JSON.stringify(whole.failure));
      });

      it('gives the same records by JSON batches of 1000 as by one upload of six files', async () => {
        const files = sampleDay(byBatches.tenant, day);
        const accepted: string[] = [];
        for (const entity of sampleEntities) {
          for (const batch of batchesOf(byBatches.tenant, entity, recordsOfFile(files[`${entity}.cc5txt`]!))) {
            const answer = await byBatches.client.call('POST', '/appfile/file/import/data', batch);
            accepted.push((answer as { data: { uploadId: string } }).data.uploadId);
          }
        }
        // Nothing was waited for: batches go in in the order in which they were accepted.
        let read = 0;
        for (const uploadId of accepted) read += rowsOf(await completed(byBatches, uploadId));
        assert.equal(read, rowsOf(whole));
        assert.deepEqual(await contentOf(byBatches), await contentOf(byFiles));
      });

      it('gives the same records by signed URL, one file at a time', async () => {
        const files = sampleDay(oneByOne.tenant, day);
        let read = 0;
        let waited = 0;
        for (const entity of orderOf[day]) {
          const name = `${entity}.cc5txt`;
          const upload = await completed(oneByOne, await oneByOne.client.importFile(name, files[name]!));
          read += rowsOf(upload);
          waited += upload.counts[entity]!.parked;
        }
        assert.equal(read, rowsOf(whole));
        if (day === 'day1') assert.ok(waited > 5_000, `${waited} rows waited for their parents`);
        assert.deepEqual(await contentOf(oneByOne), await contentOf(byFiles));
        assert.deepEqual(await stillWaiting(oneByOne), await stillWaiting(byFiles));
      });
    });
  }

  async function completed({ client }: Party, uploadId: string): Promise<UploadView> {
    const upload = await client.finished(uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    return upload;
  }

  function rowsOf({ counts }: UploadView): number {
    return Object.values(counts).reduce((sum, { read }) => sum + read, 0);
  }

  async function contentOf({ tenant }: Party): Promise<unknown[]> {
    return world.stack
      .db('records')
      .where({ tenant_id: tenant.tenantId })
      .orderBy(['entity', 'entity_id'])
      .select('entity', 'entity_id', 'disabled', 'document', world.stack.db.raw(`encode(content_hash, 'hex') AS hash`));
  }

  async function stillWaiting({ tenant }: Party): Promise<unknown[]> {
    return world.stack
      .db('parked_rows')
      .where({ tenant_id: tenant.tenantId, state: 'waiting' })
      .orderBy(['entity', 'entity_id'])
      .select('entity', 'entity_id');
  }
});
