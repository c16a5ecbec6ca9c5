import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { listTenants, type Tenant } from '../../db/queries/tenants';
import { changeTenant, createTenant } from '../../doors/save-tenant';
import { ianaZone, tenantSettingsPatch } from '../../doors/tenant-settings';
import { callerKeyOf } from '../auth';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';
import { parseFields } from '../request-fields';

/** They stand in keys of objects and in row 01 of files, so nothing is in them that either could take otherwise. */
export const placeId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, '1 to 64 letters, digits, dots, underscores and hyphens');
const name = z.string().trim().min(1).max(200);
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => ianaZone(zone) !== undefined, 'a zone of the IANA database, such as America/Los_Angeles')
  .transform((zone) => ianaZone(zone) ?? zone);

const newTenant = z.strictObject({
  workspaceId: placeId,
  bucketId: placeId,
  name,
  timeZone: timeZone.default('America/Los_Angeles'),
});
const tenantChange = z
  .strictObject({ name: name.optional(), timeZone: timeZone.optional(), settings: tenantSettingsPatch.optional() })
  .refine((change) => Object.keys(change).length > 0, 'name, timeZone or settings');
const position = z.tuple([z.string().max(256), z.string().max(256)]);

/** Tenants, for operations. */
export function createTenantRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/').post(makeTenant(deps)).get(showTenants(deps)).all(methodNotAllowed('GET', 'POST'));
  routes.route('/:workspaceId/:bucketId').patch(patchTenant(deps)).all(methodNotAllowed('PATCH'));
  return routes;
}

function makeTenant(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const { tenant, created } = await createTenant(deps, callerKeyOf(res), parseFields(newTenant, req.body));
    res.status(created ? 201 : 200).json(describeTenant(tenant));
  };
}

function showTenants(deps: ApiDeps): RequestHandler {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const cursor = readOne(req.query.cursor, 'cursor');
    const after = cursor === undefined ? null : decodeCursor(position, cursor);
    const found = await listTenants(deps.db, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    res.json({
      tenants: page.map(describeTenant),
      nextCursor: last ? encodeCursor([last.workspaceId, last.bucketId]) : null,
    });
  };
}

function patchTenant(deps: ApiDeps): RequestHandler<{ workspaceId: string; bucketId: string }> {
  return async (req, res) => {
    const change = parseFields(tenantChange, req.body);
    res.json(describeTenant(await changeTenant(deps, callerKeyOf(res), req.params, change)));
  };
}

function describeTenant({ workspaceId, bucketId, name: tenantName, timeZone: zone, settings }: Tenant): object {
  return { workspaceId, bucketId, name: tenantName, timeZone: zone, settings };
}
