import assert from 'node:assert/strict';
import { cc5File } from '../support/cc5-files';
import { openWorld, type UploadWorld } from '../support/upload-world';

describe('a file in an unusual but right form', () => {
  let world: UploadWorld;

  before(async function () {
    this.timeout(120_000);
    world = await openWorld({ CAREWAY_CHUNK_BYTES: '1024' });
  });
  after(() => world?.close());

  it('comes through with BOM, CRLF, no trailing pipes, blank lines and escapes, also inside JSON', async () => {
    const party = await world.party();
    const columns = 'entityId|name|comment|tags:array|data:object|familySize:int|disabled';
    const json = String.raw`{"countyFamilyId":"a#/#b","note":"one#Enter#two","quote":"\"\\","zh":"家庭 👪"}`;
    const written = cc5File(party.tenant, 'family', columns, [
      `10|F-1|Ru#/#iz  Gil|First#Enter#second # #Ent|a,b|${json}|3|0`,
      `10|F-2|${'é'.repeat(900)}||||4|1`,
      '10|F-3|Last|||{}||false|',
    ]);
    const content = `\ufeff${written.replace('10|F-2', '\n10|F-2').replaceAll('\n', '\r\n')}`;
    const upload = await party.client.upload({ 'family.cc5txt': content });
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    assert.deepEqual(await party.outcomes(upload), ['F-1 created', 'F-2 created', 'F-3 created']);
    assert.deepEqual(
      (await party.client.rows(upload.uploadId)).map(({ rowNo }) => rowNo),
      [5, 7, 8],
    );
    const { 'F-1': first, 'F-2': second, 'F-3': third } = await party.records('family');
    assert.deepEqual(first!.document, {
      entityId: 'F-1',
      name: 'Ru|iz Gil',
      comment: 'First\nsecond # #Ent',
      tags: ['a', 'b'],
      data: { countyFamilyId: 'a|b', note: 'one\ntwo', quote: '"\\', zh: '家庭 👪' },
      familySize: 3,
      disabled: false,
    });
    assert.deepEqual(second!.document, { entityId: 'F-2', name: 'é'.repeat(900), familySize: 4, disabled: true });
    assert.equal(third!.document['name'], 'Last');
    const again = await party.client.upload({ 'family.cc5txt': written });
    assert.ok((await party.outcomes(again)).every((row) => row.endsWith(' unchanged')));
  });
});
