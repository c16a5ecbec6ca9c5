import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnApi, spawnWorker, type SpawnedProcess } from '../support/processes';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';
import { Party } from '../support/upload-world';

interface Span {
  traceId: string;
  name: string;
}

describe('traces', function () {
  this.timeout(120_000);

  let stack: TestStack;
  let collector: Server;
  let texts: string[];
  let env: NodeJS.ProcessEnv;

  before(async () => {
    stack = await useStack();
    texts = [];
    collector = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        texts.push(Buffer.concat(parts).toString('utf8'));
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    env = { CAREWAY_OTEL_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}` };
  });

  after(() => collector.close());

  it('lead from a request to the workflow it starts and to its activities, and name no value', async () => {
    const [api, worker] = await Promise.all([spawnApi(stack, env), spawnWorker(stack, env)]);
    const tenant = await freshTenant(stack);
    await new Party(stack, api.url, tenant).send({ family: [{ name: 'Canary' }] });
    // At their end the processes send what they have.
    await Promise.all([api.stop(), worker.stop()]);
    const spans = texts.flatMap(spansOf);
    const request = spans.find(({ name }) => name === 'POST /v1/uploads/');
    assert.ok(request, spans.map(({ name }) => name).join());
    const names = new Set(spans.filter(({ traceId }) => traceId === request.traceId).map(({ name }) => name));
    for (const name of ['StartWorkflow:uploadWorkflow', 'RunWorkflow:entityUploadWorkflow', 'RunActivity:planUpload']) {
      assert.ok(names.has(name), `${name} among ${[...names].join()}`);
    }
    assert.ok(names.has('RunActivity:stageChunk'), 'the trace goes on in the run of an entity');
    assert.doesNotMatch(texts.join(), /Canary/);
  });

  it('are not even loaded without an address', async () => {
    const before = texts.length;
    const worker: SpawnedProcess = await spawnWorker(stack);
    await worker.stop();
    assert.equal(texts.length, before);
  });
});

function spansOf(text: string): Span[] {
  const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
