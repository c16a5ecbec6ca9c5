import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';

const checkTimeoutMs = 3_000;

/** `/health` says that the process lives; `/ready` that it can do its work. Neither says more than up or down. */
export function createHealthRoutes(deps: ApiDeps): Router {
  const routes = Router();
  const live = { status: 'ok', version: deps.version };
  routes
    .route('/health')
    .get((_req, res) => void res.json(live))
    .all(methodNotAllowed('GET'));
  routes
    .route('/ready')
    .get(async (_req, res) => {
      const checks = await checkParts(deps);
      const ready = Object.values(checks).every((state) => state === 'up');
      res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
    })
    .all(methodNotAllowed('GET'));
  return routes;
}

type State = 'up' | 'down';

async function checkParts({ db, temporal, s3, bucket }: ApiDeps): Promise<Record<string, State>> {
  const [database, orchestration, files] = await Promise.all([
    stateOf(db.raw('SELECT 1').timeout(checkTimeoutMs)),
    stateOf(temporal.withDeadline(Date.now() + checkTimeoutMs, () => temporal.workflowService.getSystemInfo({}))),
    stateOf(s3.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: AbortSignal.timeout(checkTimeoutMs) })),
  ]);
  return { database, temporal: orchestration, files };
}

async function stateOf(check: PromiseLike<unknown>): Promise<State> {
  try {
    await check;
    return 'up';
  } catch {
    return 'down';
  }
}
