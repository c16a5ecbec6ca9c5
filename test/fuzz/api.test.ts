import assert from 'node:assert/strict';
import { fileCodes, rowCodes } from '../../src/domain/codes';
import { openWorld, type Party, type UploadWorld } from '../support/upload-world';
import { fuzzInput } from './inputs';
import { fuzzApiRuns, fuzzRuns, fuzzSeed } from './settings';

/** Inputs under way at once. */
const lanes = 5;

describe(`${fuzzApiRuns} mutated sync files and batches through the API`, () => {
  let world: UploadWorld;

  before(async function () {
    this.timeout(180_000);
    world = await openWorld();
  });
  after(() => world?.close());

  it('each end with a code or with an outcome for every row', async function () {
    this.timeout(60_000 + fuzzApiRuns * 5_000);
    const step = Math.max(1, Math.floor(fuzzRuns / fuzzApiRuns));
    const seeds = Array.from({ length: fuzzApiRuns }, (_, i) => fuzzSeed + i * step);
    const lane = async (): Promise<void> => {
      const party = await world.party();
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await run(party, seed);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  });

  async function run(party: Party, seed: number): Promise<void> {
    const { kind, bytes } = fuzzInput(seed, party.tenant);
    const name = `seed ${seed} (${kind})`;
    const uploadId = kind === 'file' ? await importFile(party, bytes) : await importBatch(party, bytes, name);
    if (uploadId === null) return;
    const upload = await party.client.finished(uploadId);
    if (upload.status === 'failed') {
      assert.ok(upload.failure && upload.failure.code in fileCodes, `${name} ${JSON.stringify(upload.failure)}`);
      return;
    }
    assert.equal(upload.status, 'completed', name);
    const rows = await party.client.rows(uploadId);
    const read = Object.values(upload.counts).reduce((sum, counts) => sum + counts.read, 0);
    assert.equal(rows.length, read, name);
    for (const { outcome, problems } of rows) {
      if (outcome === 'errored' || outcome === 'parked') assert.ok(problems.length > 0, name);
      for (const { code } of problems) assert.ok(code in rowCodes, `${name} ${code}`);
    }
  }

  async function importFile({ client }: Party, bytes: Buffer): Promise<string> {
    return client.start([await client.putFile('fuzz.cc5txt', bytes)]);
  }

  /** Null when the door refused it. */
  async function importBatch({ tenant }: Party, bytes: Buffer, name: string): Promise<string | null> {
    const answer = await fetch(`${world.apiUrl}/appfile/file/import/data`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...tenant.headers },
      body: bytes as never,
    });
    const { status } = answer;
    const body = (await answer.json()) as { data: { uploadId: string }; responseStatus: { errorCode: string } };
    assert.ok(status < 500, `${name} answered ${status}`);
    if (status === 200) return body.data.uploadId;
    assert.ok(body.responseStatus.errorCode, name);
    return null;
  }
});
