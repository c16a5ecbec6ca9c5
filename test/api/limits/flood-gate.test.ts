import assert from 'node:assert/strict';
import pino from 'pino';
import { createApiKey } from '../../../src/db/queries/api-keys';
import { createLimiter } from '../../../src/api/limits/limiter';
import { createMetrics, type Metrics } from '../../../src/platform/metrics';
import { useStack, type TestStack } from '../../support/stack';
import { freshTenant, type TestTenant } from '../../support/tenants';
import { startApi, type ApiUnderTest } from '../support/api-under-test';
import { call } from '../support/client';

const once = { requestsPerSecond: 0.01, burst: 1 };

interface LogLine {
  msg: string;
  requestId?: string;
  rootKeyId?: string;
  refused?: number;
  firstRequestId?: string;
}

describe('the gate against floods', () => {
  let stack: TestStack;
  let tenant: TestTenant;
  let api: ApiUnderTest;
  let metrics: Metrics;
  let lines: LogLine[];

  beforeEach(async () => {
    stack = await useStack();
    tenant = await freshTenant(stack);
    metrics = createMetrics();
    // One that is stopped may still write what it has counted.
    const ownLines: LogLine[] = [];
    lines = ownLines;
    const logger = pino({ level: 'info' }, { write: (line) => void ownLines.push(JSON.parse(line)) });
    const limiter = createLimiter(stack.db, { ...once, monthlyRequests: null });
    api = await startApi(stack, { limiter, metrics, logger, hsts: true });
  });
  afterEach(() => api.stop());

  const spentKey = async (): Promise<{ keyId: string; headers: Record<string, string> }> => {
    const { keyId, key } = await createApiKey(stack.db, { ...tenant, name: 'k', scopes: ['upload', 'query'] });
    const headers = { ...tenant.headers, 'x-api-key': key };
    assert.equal((await call(`${api.url}/v1/entities`, headers)).status, 200);
    return { keyId, headers };
  };

  it('answers with all that other refusals carry', async () => {
    const { headers } = await spentKey();
    const refused = await call(`${api.url}/v1/uploads?limit=1`, headers);
    const other = await call(`${api.url}/nowhere`, headers);
    assert.deepEqual([refused.status, other.status], [429, 404]);
    assert.equal(refused.body.error.requestId, refused.headers.get('x-request-id'));
    for (const [name, value] of other.headers) {
      if (['date', 'etag', 'content-length', 'x-request-id'].includes(name)) continue;
      assert.equal(refused.headers.get(name), value, name);
    }
    assert.equal(refused.headers.get('retry-after'), '100');
  });

  it('leaves alone what needs no key', async () => {
    const { headers } = await spentKey();
    assert.equal((await call(`${api.url}/health`, headers)).status, 200);
    assert.equal((await call(`${api.url}/metrics`, headers)).status, 200);
  });

  it('refuses a large body before it has come', async () => {
    const { headers } = await spentKey();
    const refused = await call(`${api.url}/appfile/file/import/data`, headers, 'POST', 'x'.repeat(2_000_000));
    assert.deepEqual([refused.status, refused.body.responseStatus.errorCode], [429, 'RATE_LIMITED']);
    assert.equal(refused.headers.get('connection'), 'close');
  });

  it('counts every refusal, and logs those of a key in one line', async () => {
    const { keyId, headers } = await spentKey();
    const refused = await Promise.all(Array.from({ length: 60 }, () => call(`${api.url}/v1/entities`, headers)));
    assert.deepEqual(new Set(refused.map(({ status }) => status)), new Set([429]));
    assert.match(
      await metrics.text(),
      /careway_http_request_seconds_count\{method="GET",route="none",status="429"\} 60/,
    );

    const counted = (): LogLine[] => lines.filter((line) => line.refused !== undefined);
    const sum = (): number => counted().reduce((total, line) => total + line.refused!, 0);
    while (sum() < 60) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(sum(), 60);
    assert.ok(counted().every((line) => line.rootKeyId === keyId));
    const requestIds = refused.map((answer) => answer.headers.get('x-request-id'));
    assert.ok(counted().every((line) => requestIds.includes(line.firstRequestId!)));
    assert.ok(!lines.some((line) => line.msg === 'request' && requestIds.includes(line.requestId!)));
  });
});
