import assert from 'node:assert/strict';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { fileOf, openWorld, type Party, type TestFiles, type UploadWorld } from '../support/upload-world';
import type { UploadView } from '../support/upload-client';

const files: TestFiles = {
  family: [{}, { entityId: 'F-2', name: '' }, '10|F-3|short', { entityId: 'F-4' }, { entityId: 'F-4' }, '90|F-9'],
  family_member: [{}, { entityId: 'M-2', familyEntityId: 'F-2' }],
  provider: [{}],
  care: [{ childName: 'Eva Ruiz' }],
  claim: [{ familyId: 'F-4' }],
};

describe('results of an upload', () => {
  let world: UploadWorld;
  let party: Party;
  let upload: UploadView;

  before(async function () {
    this.timeout(120_000);
    world = await openWorld({ CAREWAY_CHUNK_BYTES: '1024' });
    party = await world.party();
    upload = await party.send(files);
  });
  after(() => world?.close());

  const results = (query: string): Promise<string> =>
    party.client.text(`/v1/uploads/${upload.uploadId}/results?${query}`);

  const folder = (): string => `results/${party.tenant.workspaceId}/${party.tenant.bucketId}/${upload.uploadId}/`;

  async function storedKeys(): Promise<string[]> {
    const { s3, bucket } = world.stack;
    const { Contents: found } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: folder() }));
    return (found ?? []).map(({ Key: key }) => key!.slice(folder().length)).sort();
  }

  it('say as CSV what became of every row and why', async () => {
    const unresolved = 'familyEntityId refers to a row of this upload that was not accepted';
    const [header, ...lines] = (await results('format=csv')).trimEnd().split('\n');
    assert.equal(header, 'entity,file,rowNo,entityId,outcome,codes,fields,messages');
    assert.deepEqual(
      lines.map((line) => line.split(',').slice(0, 7).join(',')),
      [
        'care,care.cc5txt,5,C-1,created,NAME_MISMATCH,childName',
        'claim,claim.cc5txt,5,CL-1,errored,REFERENCE_MISMATCH,familyId',
        'family,family.cc5txt,5,F-1,created,,',
        'family,family.cc5txt,6,F-2,errored,REQUIRED_MISSING,name',
        'family,family.cc5txt,7,,errored,ROW_MALFORMED,',
        'family,family.cc5txt,8,F-4,superseded,,',
        'family,family.cc5txt,9,F-4,created,,',
        'family,family.cc5txt,10,F-9,unchanged,,',
        'family_member,family_member.cc5txt,5,M-1,created,,',
        'family_member,family_member.cc5txt,6,M-2,parked,REFERENCE_REJECTED,familyEntityId',
        'provider,provider.cc5txt,5,P-1,created,,',
      ],
    );
    assert.ok(lines[9]!.includes(unresolved), lines[9]);
  });

  it('say the same as NDJSON', async () => {
    const told = (await results('format=ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const rows = await party.client.rows(upload.uploadId);
    assert.equal(told.length, 11);
    assert.deepEqual(
      told.map(({ entity, rowNo, entityId, outcome, problems }) => ({ entity, rowNo, entityId, outcome, problems })),
      rows.map(({ entity, rowNo, entityId, outcome, problems }) => ({ entity, rowNo, entityId, outcome, problems })),
    );
  });

  it('stand in S3, a CSV file per entity that equals what the API gives', async () => {
    assert.deepEqual(
      await storedKeys(),
      Object.keys(files)
        .map((entity) => `${entity}.csv`)
        .sort(),
    );
    for (const entity of Object.keys(files)) {
      const { Body: body } = await world.stack.s3.send(
        new GetObjectCommand({ Bucket: world.stack.bucket, Key: `${folder()}${entity}.csv` }),
      );
      assert.equal(await body!.transformToString(), await results(`format=csv&entity=${entity}`), entity);
    }
  });

  it('give as cc5 all rows of an entity, or those with problems', async () => {
    const own = party.filesOf(files);
    assert.equal(await results('format=cc5&entity=family'), own['family.cc5txt']);
    const expected = fileOf(party.tenant, 'family', [files['family']![1]!, files['family']![2]!]);
    assert.equal(await results('format=cc5&entity=family&only=problems'), expected);
    assert.equal(await results('format=cc5&entity=provider&only=problems'), fileOf(party.tenant, 'provider', []));
    assert.equal(await results('format=cc5&entity=care&only=problems'), own['care.cc5txt']);
  });

  it('can be mended and uploaded again, which lets in what waited for it', async () => {
    const broken = await results('format=cc5&entity=family&only=problems');
    const mended = broken.replace('10|F-2||', '10|F-2|Lopez|').replace('10|F-3|short', '10|F-3|Gil|false|');
    const claims = (await results('format=cc5&entity=claim&only=problems')).replace('|F-4|', '|F-1|');
    const second = await party.client.upload({ 'family.cc5txt': mended, 'claim.cc5txt': claims });
    assert.equal(second.status, 'completed', JSON.stringify(second.failure));
    assert.deepEqual(await party.outcomes(second), ['CL-1 created', 'F-2 created', 'F-3 created']);
    const [parked] = await party.client.rows(upload.uploadId, 'outcome=parked');
    assert.deepEqual(
      [parked!.entityId, parked!.settlement?.outcome, parked!.settlement?.uploadId],
      ['M-2', 'created', second.uploadId],
    );
  });
});
