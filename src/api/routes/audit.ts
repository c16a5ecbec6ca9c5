import { Router } from 'express';
import { z } from 'zod';
import { listAudit } from '../../db/queries/audit-log';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { readLimit, readOne } from '../paging';

const position = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** Who changed tenants and keys, newest first; for operations. */
export function createAuditRoutes({ db }: ApiDeps): Router {
  const routes = Router();
  routes
    .route('/')
    .get(async (req, res) => {
      const limit = readLimit(readOne(req.query.limit, 'limit'));
      const cursor = readOne(req.query.cursor, 'cursor');
      const beforeSeq = cursor === undefined ? null : decodeCursor(position, cursor)[0];
      const found = await listAudit(db, { beforeSeq, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      res.json({
        entries: page.map(({ auditSeq: _, at, ...entry }) => ({ at: at.toISOString(), ...entry })),
        nextCursor: last ? encodeCursor([last.auditSeq]) : null,
      });
    })
    .all(methodNotAllowed('GET'));
  return routes;
}
