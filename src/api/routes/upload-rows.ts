import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { outcomes } from '../../contracts/upload';
import { listUploadRows, type RowPosition, type UploadRow } from '../../db/queries/upload-rows';
import { rowCodes } from '../../domain/codes';
import { entityDefinitions } from '../../domain/entities';
import { decodeCursor, encodeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { requireUpload } from '../find-upload';
import { readLimit, readOne, readSome } from '../paging';

const position = z.tuple([z.string().regex(/^[a-z_]+$/), z.int().min(1).max(32767), z.int().min(1).max(2147483647)]);
const entityNames = entityDefinitions.map(({ name }) => name);
const codeNames = Object.keys(rowCodes);

/** What became of each row, page by page. */
export function createUploadRowRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/:uploadId/rows').get(showRows(deps)).all(methodNotAllowed('GET'));
  return routes;
}

function showRows(deps: ApiDeps): RequestHandler<{ uploadId: string }> {
  return async (req, res) => {
    const limit = readLimit(readOne(req.query.limit, 'limit'));
    const cursor = readOne(req.query.cursor, 'cursor');
    const query = {
      outcomes: readSome(req.query.outcome, 'outcome', outcomes),
      entity: readKnown(req.query.entity, 'entity', entityNames),
      code: readKnown(req.query.code, 'code', codeNames),
      after: cursor === undefined ? null : decodeCursor(position, cursor),
      limit: limit + 1,
    };
    const { uploadSeq } = await requireUpload(deps.db, res, req.params.uploadId);
    const found = await listUploadRows(deps.db, { ...query, uploadSeq });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    res.json({ rows: page.map(describeRow), nextCursor: last ? encodeCursor(positionOf(last)) : null });
  };
}

function readKnown(value: unknown, field: string, known: readonly string[]): string | null {
  if (readOne(value, field) === undefined) return null;
  return readSome(value, field, known)[0] ?? null;
}

function positionOf(row: UploadRow): RowPosition {
  return [row.entity, row.fileNo, row.rowNo];
}

function describeRow(row: UploadRow): object {
  const settlement = row.settledState && {
    state: row.settledState,
    outcome: row.settledOutcome,
    uploadId: row.settledByUploadId,
    at: row.settledAt?.toISOString() ?? null,
  };
  return {
    entity: row.entity,
    fileId: row.fileId,
    rowNo: row.rowNo,
    entityId: row.entityId,
    outcome: row.outcome,
    problems: row.problems ?? [],
    ...(settlement && { settlement }),
  };
}
