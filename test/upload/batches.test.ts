import assert from 'node:assert/strict';
import { batchesOf, recordsOfFile } from '../support/batches';
import { sampleDay, sampleEntities } from '../support/cc5-files';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';

describe('the sample through JSON batches of 1000', () => {
  let world: UploadWorld;
  let byBatches: Party;
  let byFiles: Party;

  before(async function () {
    this.timeout(180_000);
    world = await openWorld();
    byBatches = await world.party();
    byFiles = await world.party();
  });
  after(() => world?.close());

  for (const day of ['day1', 'day2'] as const) {
    it(`gives the same records as one upload of six files on ${day}`, async function () {
      this.timeout(240_000);
      const whole = await byFiles.client.upload(sampleDay(byFiles.tenant, day));
      assert.equal(whole.status, 'completed', JSON.stringify(whole.failure));

      const files = sampleDay(byBatches.tenant, day);
      let read = 0;
      for (const entity of sampleEntities) {
        for (const batch of batchesOf(byBatches.tenant, entity, recordsOfFile(files[`${entity}.cc5txt`]!))) {
          const answer = await byBatches.client.call('POST', '/appfile/file/import/data', batch);
          const { uploadId } = (answer as { data: { uploadId: string } }).data;
          const upload = await byBatches.client.finished(uploadId);
          assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
          read += upload.counts[entity]!.read;
        }
      }
      assert.equal(
        read,
        Object.values(whole.counts).reduce((sum, counts) => sum + counts.read, 0),
      );
      const [ours, theirs] = [await contentOf(byBatches), await contentOf(byFiles)];
      assert.equal(ours.length, theirs.length);
      assert.deepEqual(ours, theirs);
    });
  }

  async function contentOf({ tenant }: Party): Promise<unknown[]> {
    return world.stack
      .db('records')
      .where({ tenant_id: tenant.tenantId })
      .orderBy(['entity', 'entity_id'])
      .select('entity', 'entity_id', 'disabled', 'document', world.stack.db.raw(`encode(content_hash, 'hex') AS hash`));
  }
});
