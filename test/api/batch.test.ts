import assert from 'node:assert/strict';
import { batchOf, type BatchParts } from '../support/batches';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';
import { call, type Answer } from './support/client';

const family = { entityId: 'F-1', name: 'Ruiz', disabled: false };

describe('the JSON batch import', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(180_000);
    world = await openWorld();
  });
  beforeEach(async () => {
    party = await world.party();
  });
  after(() => world?.close());

  const post = (body: unknown, headers: Record<string, string> = party.tenant.headers): Promise<Answer> =>
    call(`${world.apiUrl}/appfile/file/import/data`, headers, 'POST', body);
  const send = (entity: string, parts: BatchParts): Promise<Answer> => post(batchOf(party.tenant, entity, parts));

  async function outcomes(answer: Answer): Promise<string[]> {
    assert.equal(answer.status, 200, answer.text);
    const upload = await party.client.finished(answer.body.data.uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    return party.outcomes(upload);
  }

  it('takes the documented request and answers at once with ids in File', async () => {
    const answer = await send('family', { data: [family], InstanceId: 'run-7f3c/family/0' });
    assert.equal(answer.status, 200);
    const { data, isSuccess } = answer.body;
    assert.equal(isSuccess, true);
    assert.equal(data.actionId, 'run-7f3c/family/0');
    assert.match(data.file.fileId, /^[0-9a-f-]{36}$/);
    assert.match(data.file.filePath, new RegExp(`^//${world.stack.bucket}/batches/`));
    assert.equal(data.fileId, data.file.fileId);
    assert.equal(data.file.status, 'Processing');

    assert.deepEqual(await outcomes(answer), ['F-1 created']);
    const polled = await call(`${world.apiUrl}/appfile/file/${data.fileId}`, party.tenant.headers);
    assert.deepEqual([polled.body.data.file.status, polled.body.data.file.counts.created], ['Success', 1]);
    const upload = await party.client.get(data.uploadId);
    assert.equal((upload as unknown as { source: string }).source, 'batch');
    assert.deepEqual((await party.records('family'))['F-1']?.document, family);
  });

  it('stores, then deletes, and numbers the rows through', async () => {
    await outcomes(await send('family', { data: [family, { ...family, entityId: 'F-2' }] }));
    const answer = await send('family', {
      data: [family, 'nothing', { entityId: 'F-3' }],
      delete: [{ entityId: 'F-2' }, { entityId: 'F-9' }, {}],
    });
    await outcomes(answer);
    const rows = await party.client.rows(answer.body.data.uploadId);
    assert.deepEqual(
      rows.map(({ rowNo, entityId, outcome, problems }) => [rowNo, entityId, outcome, problems[0]?.code]),
      [
        [1, 'F-1', 'unchanged', undefined],
        [2, null, 'errored', 'ROW_MALFORMED'],
        [3, 'F-3', 'errored', 'REQUIRED_MISSING'],
        [4, 'F-2', 'deleted', undefined],
        [5, 'F-9', 'unchanged', undefined],
        [6, null, 'errored', 'REQUIRED_MISSING'],
      ],
    );
    assert.deepEqual(await party.committed(), ['family F-1']);
  });

  it('takes an empty batch', async () => {
    assert.deepEqual(await outcomes(await send('family', {})), []);
  });

  it('is the same upload for the same InstanceId and body', async () => {
    const parts = { data: [family], InstanceId: 'once' };
    const [one, two] = await Promise.all([send('family', parts), send('family', parts)]);
    assert.equal(one.body.data.uploadId, two.body.data.uploadId);
    await outcomes(one);
    const again = await send('family', parts);
    assert.equal(again.body.data.uploadId, one.body.data.uploadId);
    assert.equal(again.headers.get('Idempotency-Replayed'), 'true');
    assert.equal(again.body.data.file.status, 'Success');

    const files = () => world.stack.db('files').where({ tenant_id: party.tenant.tenantId });
    const other = await send('family', { ...parts, data: [{ ...family, name: 'Gil' }] });
    assert.deepEqual([other.status, other.body.responseStatus.errorCode], [409, 'IDEMPOTENCY_CONFLICT']);
    assert.equal((await files()).length, 1, 'a refused batch leaves nothing behind');

    const neighbour = await world.party();
    const theirs = await post(batchOf(neighbour.tenant, 'family', parts), neighbour.tenant.headers);
    assert.notEqual(theirs.body.data.uploadId, one.body.data.uploadId);
  });

  it('reads the keys of the envelope in any case, and those of records as they are', async () => {
    const { workspaceId, bucketId } = party.tenant;
    const answer = await post({
      importdata: {
        Header: {
          MetaData: {
            Keys: ['entityId'],
            EntityType: 'wks_family',
            DATASOURCE: 'cc-family',
            WorkspaceId: workspaceId,
            BucketId: bucketId,
          },
          fieldMappings: { fam: { Code: 'fam', NAME: 'name', Type: 'STRING' } },
        },
        DATA: [{ entityId: 'F-1', fam: 'Ruiz', Name: 'kept' }],
        Footer: { Total: '1' },
        instanceid: 'x',
      },
    });
    assert.deepEqual(await outcomes(answer), ['F-1 created']);
    assert.deepEqual((await party.records('family'))['F-1']?.document, {
      entityId: 'F-1',
      name: 'Ruiz',
      disabled: false,
      Name: 'kept',
    });
  });

  it('renames columns, translates values and converts types as the mappings say', async () => {
    const answer = await send('family', {
      metadata: { keys: ['ID'] },
      FieldMappings: {
        ID: { code: 'ID', name: 'entityId', type: 'string' },
        FAMILY_NAME: { code: 'FAMILY_NAME', name: 'name', type: 'string' },
        lang: { code: 'lang', name: 'language', type: 'string', dictionary: { '1': 'en', '2': 'es' } },
        homeless: { code: 'homeless', name: 'Homeless', type: 'bool', dictionary: { X: true, '-': false } },
        tags: { code: 'tags', type: 'array', dictionary: { A: 'alpha' } },
        visits: { code: 'visits', name: 'visits', type: 'int' },
        open: { code: 'open', name: 'open', type: 'bool' },
        marks: { code: 'marks', name: 'marks', type: 'array' },
      },
      data: [
        {
          ID: 7,
          FAMILY_NAME: ' Ruiz ',
          lang: 2,
          homeless: 'X',
          tags: ['A', 'b'],
          visits: '3',
          open: 'Y',
          marks: 'x,y',
        },
        { ID: 8, FAMILY_NAME: 'Gil', lang: 'fr', homeless: '?', visits: 'many' },
      ],
      delete: [{ ID: '7' }],
    });
    assert.deepEqual(await outcomes(answer), [
      '7 superseded',
      '8 errored INVALID_BOOLEAN:homeless INVALID_NUMBER:visits VALUE_UNKNOWN:language',
      '7 unchanged',
    ]);
  });

  it('keeps what the mappings made', async () => {
    await outcomes(
      await send('family', {
        FieldMappings: {
          visits: { type: 'int' },
          open: { type: 'bool' },
          marks: { type: 'array' },
          sex: { name: 'kind', dictionary: { '': 'none', M: 'male' } },
        },
        data: [{ ...family, visits: '3', open: 'Y', marks: 'x,y', sex: 'M', more: { b: 1, a: {} } }],
      }),
    );
    assert.deepEqual((await party.records('family'))['F-1']?.document, {
      ...family,
      kind: 'male',
      marks: ['x', 'y'],
      more: { a: {}, b: 1 },
      open: true,
      visits: 3,
    });
  });

  it('hands problems back as a batch that can be mended, and has no sync file to give', async () => {
    const parts = { data: [family, { entityId: 'F-2' }], delete: [{}, { entityId: 'F-9' }], InstanceId: 'mend' };
    const answer = await send('family', parts);
    await outcomes(answer);
    const results = `/v1/uploads/${answer.body.data.uploadId}/results`;
    const mend = JSON.parse(await party.client.text(`${results}?format=json&entity=family&only=problems`));
    const { data, delete: deletes, footer, InstanceId, header } = mend.ImportData;
    assert.deepEqual([data, deletes, footer], [[{ entityId: 'F-2' }], [{}], { total: 2 }]);
    assert.notEqual(InstanceId, 'mend');
    assert.equal(header.metadata.dataSource, 'cc-family');
    const again = await post({
      ImportData: { ...mend.ImportData, data: [{ ...family, entityId: 'F-2' }], delete: [], footer: { total: 1 } },
    });
    assert.deepEqual(await outcomes(again), ['F-2 created']);

    const whole = JSON.parse(await party.client.text(`${results}?format=json&entity=family`));
    assert.deepEqual(whole.ImportData.data, parts.data);
    const cc5 = await call(`${world.apiUrl}${results}?format=cc5&entity=family`, party.tenant.headers);
    assert.deepEqual([cc5.status, cc5.body.error.code, cc5.body.error.field], [400, 'INVALID_REQUEST', 'format']);
    const csv = await party.client.text(`${results}?format=csv`);
    assert.equal(csv.trim().split('\n').length, 5);
    const ndjson = await party.client.text(`${results}?format=ndjson`);
    assert.equal(ndjson.trim().split('\n').length, 4);

    const file = await party.send({ family: [{}] });
    const asked = `${world.apiUrl}/v1/uploads/${file.uploadId}/results?format=json&entity=family`;
    const json = await call(asked, party.tenant.headers);
    assert.deepEqual([json.status, json.body.error.code, json.body.error.field], [400, 'INVALID_REQUEST', 'format']);
  });
});
