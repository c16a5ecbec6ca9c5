import { Router, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import {
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
  type ScheduleCaller,
} from '../../doors/schedules';
import { callerKeyOf, requireScope, tenantOf } from '../auth';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { parseFields } from '../request-fields';

const pauseRequest = z.strictObject({ note: z.string().trim().min(1).max(500) });

type ById = RequestHandler<{ scheduleId: string }>;

/** What runs by itself for a tenant. Ids hold slashes, so they are sent URL-encoded. */
export function createScheduleRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.use(requireScope('upload'));
  routes.route('/').get(showSchedules(deps)).all(methodNotAllowed('GET'));
  routes.route('/:scheduleId/trigger').post(trigger(deps)).all(methodNotAllowed('POST'));
  routes.route('/:scheduleId/pause').post(pause(deps)).all(methodNotAllowed('POST'));
  routes.route('/:scheduleId/resume').post(resume(deps)).all(methodNotAllowed('POST'));
  return routes;
}

const callerOf = (res: Response): ScheduleCaller => ({ tenant: tenantOf(res), actorKeyId: callerKeyOf(res) });

function showSchedules({ temporal }: ApiDeps): RequestHandler {
  return async (_req, res) => void res.json({ schedules: await listSchedules(temporal, tenantOf(res)) });
}

function trigger(deps: ApiDeps): ById {
  return async ({ params: { scheduleId } }, res) => {
    await triggerSchedule(deps, callerOf(res), scheduleId);
    res.status(202).json({ scheduleId, triggered: true });
  };
}

function pause(deps: ApiDeps): ById {
  return async (req, res) => {
    const { scheduleId } = req.params;
    const { note } = parseFields(pauseRequest, req.body ?? {});
    await pauseSchedule(deps, callerOf(res), scheduleId, note);
    res.json({ scheduleId, paused: true, note });
  };
}

function resume(deps: ApiDeps): ById {
  return async ({ params: { scheduleId } }, res) => {
    await resumeSchedule(deps, callerOf(res), scheduleId);
    res.json({ scheduleId, paused: false });
  };
}
