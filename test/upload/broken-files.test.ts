import assert from 'node:assert/strict';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { spawnWorker } from '../support/processes';
import { fileOf, openWorld, type Party, type TestRow, type UploadWorld } from '../support/upload-world';

/** Changes the lines of a good file: 00 to 03, two rows and 99. */
type Break = (lines: string[]) => string | Uint8Array;

interface Case {
  title: string;
  broken: Break;
  code: string;
  line: number | null;
}

const text = (lines: readonly string[]): string => lines.join('\n');
const withLine = (index: number, change: (line: string) => string | null): Break => {
  return (lines) => text(lines.flatMap((line, at) => (at === index ? (change(line) ?? []) : line)));
};

const cases: Case[] = [
  { title: 'has no bytes', broken: () => '', code: 'FILE_EMPTY', line: null },
  { title: 'has only blank lines', broken: () => '\r\n\n\n', code: 'FILE_EMPTY', line: null },
  ...[0, 1, 2, 3].map((index) => ({
    title: `lacks row 0${index}`,
    broken: withLine(index, () => null),
    code: 'FILE_HEADER_INVALID',
    line: index + 1,
  })),
  {
    title: 'ends within its header',
    broken: (lines) => text(lines.slice(0, 2)),
    code: 'FILE_HEADER_INVALID',
    line: 3,
  },
  {
    title: 'names no tenant in row 01',
    broken: withLine(1, () => '01|wks_family|'),
    code: 'FILE_HEADER_INVALID',
    line: 2,
  },
  {
    title: 'names another key in row 02',
    broken: withLine(2, () => '02|name'),
    code: 'FILE_HEADER_INVALID',
    line: 3,
  },
  {
    title: 'repeats a column in row 03',
    broken: withLine(3, (line) => `${line}|name:string`),
    code: 'FILE_HEADER_INVALID',
    line: 4,
  },
  {
    title: 'gives a column an unknown type',
    broken: withLine(3, (line) => line.replace('name:string', 'name:varchar')),
    code: 'FILE_HEADER_INVALID',
    line: 4,
  },
  {
    title: 'has another number of rows than its row 99 counts',
    broken: withLine(6, () => '99|3'),
    code: 'FILE_COUNT_MISMATCH',
    line: 7,
  },
  {
    title: 'counts no number in row 99',
    broken: withLine(6, () => '99|two'),
    code: 'FILE_COUNT_MISMATCH',
    line: 7,
  },
  {
    title: 'goes on after row 99',
    broken: (lines) => text([...lines.slice(0, 7), lines[4]!, '']),
    code: 'FILE_COUNT_MISMATCH',
    line: 8,
  },
  {
    title: 'is cut off after a row',
    broken: (lines) => text([...lines.slice(0, 6), '']),
    code: 'FILE_COUNT_MISMATCH',
    line: 7,
  },
  {
    title: 'is cut off within a row',
    broken: (lines) => text(lines.slice(0, 6)).slice(0, -5),
    code: 'FILE_COUNT_MISMATCH',
    line: 7,
  },
  {
    title: 'names an unknown entity type',
    broken: withLine(1, (line) => line.replace('wks_family', 'wks_unknown')),
    code: 'FILE_ENTITY_UNKNOWN',
    line: 2,
  },
  {
    title: 'names the data source code of another entity',
    broken: withLine(1, (line) => line.replace('cc-family', 'cc-provider')),
    code: 'FILE_ENTITY_UNKNOWN',
    line: 2,
  },
  {
    title: 'names another workspace',
    broken: withLine(1, (line) => line.replace('|ws-', '|ws-other-')),
    code: 'FILE_TENANT_MISMATCH',
    line: 2,
  },
  {
    title: 'names another bucket',
    broken: withLine(1, (line) => line.replace('|bk-', '|bk-other-')),
    code: 'FILE_TENANT_MISMATCH',
    line: 2,
  },
  {
    title: 'has a line of five megabytes',
    broken: withLine(5, (line) => `${line}${'x'.repeat(5 * 1024 * 1024)}`),
    code: 'FILE_TOO_LARGE',
    line: 6,
  },
  {
    title: 'is written in Latin 1',
    broken: (lines) => Buffer.from(text(lines).replace('Second', 'Muñoz'), 'latin1'),
    code: 'FILE_ENCODING_INVALID',
    line: 6,
  },
  {
    title: 'is written in UTF-16',
    broken: (lines) => Buffer.from(`\ufeff${text(lines)}`, 'utf16le'),
    code: 'FILE_ENCODING_INVALID',
    line: 1,
  },
  {
    title: 'ends within a character',
    broken: (lines) => Buffer.concat([Buffer.from(text(lines)), Buffer.from([0xc3])]),
    code: 'FILE_ENCODING_INVALID',
    line: 8,
  },
];

const rows: TestRow[] = [{}, { entityId: 'F-2', name: 'Second' }];

/** The upload failed as a whole for that file, left nothing behind, and the tenant's next upload completes. */
async function assertFailedWhole(
  party: Party,
  uploadId: string,
  expected: { code: string; fileId: string; line: number | null },
): Promise<void> {
  const { status, failure, counts } = await party.client.finished(uploadId);
  const { code, fileId, line } = failure ?? {};
  assert.deepEqual({ status, code, fileId, line }, { status: 'failed', ...expected });
  assert.ok(failure!.message.length > 20 && !failure!.message.includes('{'), failure!.message);
  assert.deepEqual(counts, {});
  assert.deepEqual(await party.committed(), []);
  assert.deepEqual(await party.events('records.changed'), []);
  const [event, ...more] = await party.events('upload.failed');
  assert.equal(event!['uploadId'], uploadId);
  assert.equal((event!['failure'] as { code: string }).code, expected.code);
  assert.deepEqual(more, []);
  assert.deepEqual(await party.stagingTables({ uploadId }), []);
  await party.send({ family: rows });
}

describe('a file that is broken as a whole', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    world = await openWorld();
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  for (const { title, broken, code, line } of cases) {
    it(`fails the upload when it ${title}`, async () => {
      const lines = fileOf(party.tenant, 'family', rows).split('\n');
      const [good] = await party.put({ provider: [{}] });
      const fileId = await party.client.putFile('broken.cc5txt', broken(lines));
      const uploadId = await party.client.start([good!, fileId]);
      await assertFailedWhole(party, uploadId, { code, fileId, line });
    });
  }

  it('is named by the first of several in the order of the upload', async () => {
    const good = fileOf(party.tenant, 'family', rows);
    const fileIds = [
      await party.client.putFile('good.cc5txt', good),
      await party.client.putFile('first.cc5txt', good.replace('99|2', '99|9')),
      await party.client.putFile('second.cc5txt', ''),
    ];
    const uploadId = await party.client.start(fileIds);
    await assertFailedWhole(party, uploadId, { code: 'FILE_COUNT_MISMATCH', fileId: fileIds[1]!, line: 7 });
  });

  it('is refused at the door when it was never put', async () => {
    const { data } = (await party.client.call('POST', '/appfile/file/path', { FileName: 'a.cc5txt' })) as {
      data: { fileId: string };
    };
    await assert.rejects(party.client.start([data.fileId]), /FILE_NOT_FOUND/);
    await party.send({ family: rows });
  });
});

describe('a file that is gone or too large', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(120_000);
    world = await openWorld({ CAREWAY_MAX_FILE_BYTES: '2000' });
  });
  after(() => world?.close());
  beforeEach(async () => {
    party = await world.party();
  });

  it('fails the upload when it has more bytes than allowed', async () => {
    const [good, large] = await party.put({ provider: [{}], family: [{ name: 'n'.repeat(3_000) }] });
    const uploadId = await party.client.start([good!, large!]);
    await assertFailedWhole(party, uploadId, { code: 'FILE_TOO_LARGE', fileId: large!, line: null });
  });

  it('fails the upload when it was removed after it was accepted', async () => {
    await world.worker.stop();
    const [good, removed] = await party.put({ provider: [{}], family: rows });
    const uploadId = await party.client.start([good!, removed!]);
    const { object_key: key } = await world.stack.db('files').where({ file_id: removed! }).first();
    await world.stack.s3.send(new DeleteObjectCommand({ Bucket: world.stack.bucket, Key: key }));
    const worker = await spawnWorker(world.stack);
    await assertFailedWhole(party, uploadId, { code: 'FILE_NOT_FOUND', fileId: removed!, line: null });
    await worker.stop();
  });
});
