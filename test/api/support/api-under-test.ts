import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createListener } from '../../../src/api/app';
import { createChangeWatch } from '../../../src/api/change-watch';
import type { ApiDeps } from '../../../src/api/deps';
import { createLimiter } from '../../../src/api/limits/limiter';
import { createTenantDatabase } from '../../../src/db/client';
import { createLogger } from '../../../src/platform/logger';
import { createSns } from '../../../src/platform/sns';
import { createTemporalClient } from '../../../src/platform/temporal-client';
import type { TestStack } from '../../support/stack';

/** Tests of other things ask as fast as they can. */
const many = { perSecond: 10_000, burst: 10_000 };
const top = path.resolve(__dirname, '../../../..');

export interface ApiUnderTest {
  url: string;
  deps: ApiDeps;
  stop(): Promise<void>;
}

/** The API in this process on a port of its own, over the real parts. */
export async function startApi(stack: TestStack, own: Partial<ApiDeps> = {}): Promise<ApiUnderTest> {
  const temporal = await createTemporalClient(stack.config);
  const db = createTenantDatabase(stack.databaseUrl);
  const logger = createLogger({ level: 'silent', name: 'test' });
  const sns = createSns(stack.config.aws);
  const deps: ApiDeps = {
    db,
    subscriptions: {
      db,
      temporal: temporal.client,
      logger,
      sns,
      topicArn: stack.topicArn,
      allowLoopback: true,
    },
    temporal: temporal.client,
    s3: stack.s3,
    bucket: stack.bucket,
    logger,
    webFolder: path.join(top, 'web'),
    docsFolder: path.join(top, 'docs'),
    version: 'test',
    limiter: createLimiter(db, { requestsPerSecond: 10_000, burst: 10_000, monthlyRequests: null, unknownKeys: many }),
    changes: createChangeWatch(db, logger),
    maxFileBytes: stack.config.limits.maxFileBytes,
    ...own,
  };
  const server = createServer(createListener(deps));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    deps,
    async stop() {
      deps.changes.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await temporal.close();
      sns.destroy();
      await db.destroy();
    },
  };
}
