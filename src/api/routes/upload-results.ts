import { pipeline } from 'node:stream/promises';
import { Router, type RequestHandler, type Response } from 'express';
import { listUploadFiles, type FileFormat, type UploadFile } from '../../db/queries/files';
import type { Upload } from '../../db/queries/uploads';
import { writeRowsAsCsv, writeRowsAsNdjson } from '../../db/queries/upload-rows';
import { entityDefinitions } from '../../domain/entities';
import { Refusal } from '../../doors/refusal';
import { openCc5Results } from '../cc5-results';
import type { ApiDeps } from '../deps';
import { methodNotAllowed } from '../errors';
import { requireUpload } from '../find-upload';
import { readJsonResults } from '../json-results';
import { readOne, readSome } from '../paging';

const formats = ['csv', 'ndjson', 'cc5', 'json'] as const;
type Format = (typeof formats)[number];

/** Results that are made of what was uploaded, and so of uploads in that format only. */
const sourceFormats: Readonly<Partial<Record<Format, FileFormat>>> = { cc5: 'cc5', json: 'json-batch' };

const contentTypes: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  cc5: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
};
const extensions: Readonly<Record<Format, string>> = { csv: 'csv', ndjson: 'ndjson', cc5: 'cc5txt', json: 'json' };
const entityNames = entityDefinitions.map(({ name }) => name);

/** All results as one stream, in any size; `cc5` and `json` can be mended and uploaded again. */
export function createUploadResultRoutes(deps: ApiDeps): Router {
  const routes = Router();
  routes.route('/:uploadId/results').get(sendResults(deps)).all(methodNotAllowed('GET'));
  return routes;
}

interface ResultsRequest {
  format: Format;
  entity: string | null;
  fileId: string | undefined;
  onlyProblems: boolean;
}

/** Each stream keeps a database connection for as long as its reader takes, and the other calls need some too. */
const maxStreams = 4;
const stalledReaderMs = 60_000;

function sendResults(deps: ApiDeps): RequestHandler<{ uploadId: string }> {
  let streams = 0;
  return async (req, res) => {
    const request = readRequest(req.query);
    const upload = await requireUpload(deps.db, res, req.params.uploadId);
    requireResults(upload);
    if (streams >= maxStreams) {
      res.set('Retry-After', '10');
      throw new Refusal('RATE_LIMITED', 'Too many results are being read at once: wait and ask again.');
    }
    streams += 1;
    try {
      res.setTimeout(stalledReaderMs, () => res.destroy());
      await stream(deps, res, upload, request);
    } finally {
      streams -= 1;
    }
  };
}

function readRequest(query: Readonly<Record<string, unknown>>): ResultsRequest {
  const chooseOne = <Known extends string>(name: string, known: readonly Known[]): Known | undefined =>
    readOne(query[name], name) === undefined ? undefined : readSome(query[name], name, known)[0];
  const request = {
    format: chooseOne('format', formats) ?? 'csv',
    entity: chooseOne('entity', entityNames) ?? null,
    fileId: readOne(query.fileId, 'fileId'),
    onlyProblems: chooseOne('only', ['problems']) !== undefined,
  };
  if (sourceFormats[request.format] && request.entity === null) {
    throw new Refusal('INVALID_REQUEST', `entity: required for ${request.format}, which holds one entity per file.`, {
      field: 'entity',
    });
  }
  return request;
}

function requireResults(upload: Upload): void {
  if (upload.finishedAt && upload.counts) return;
  throw new Refusal(
    'RESULTS_NOT_READY',
    upload.finishedAt
      ? 'The upload ended before its rows were judged; its failure says why.'
      : 'The upload is under way; its results are there when it has finished.',
    { details: { status: upload.status, step: upload.step } },
  );
}

async function stream(deps: ApiDeps, res: Response, upload: Upload, request: ResultsRequest): Promise<void> {
  const { format, entity, onlyProblems } = request;
  const rows = { uploadSeq: upload.uploadSeq, entity, onlyProblems };
  const source = sourceFormats[format] ? await openSource(deps, upload, request) : undefined;
  const name = ['results', upload.uploadId, entity, onlyProblems && 'problems'].filter(Boolean).join('-');
  // The attachment's name would set a type of its own, so ours comes last.
  res.attachment(`${name}.${extensions[format]}`).type(contentTypes[format]);
  if (typeof source === 'string') res.send(source);
  else if (source) await pipeline(source, res);
  else if (format === 'csv') await writeRowsAsCsv(deps.db, rows, res);
  else await writeRowsAsNdjson(deps.db, rows, res);
}

async function openSource(
  deps: ApiDeps,
  upload: Upload,
  { format, entity, fileId, onlyProblems }: ResultsRequest,
): Promise<string | Awaited<ReturnType<typeof openCc5Results>>> {
  const files = (await listUploadFiles(deps.db, upload.uploadSeq)).filter(
    (file) => file.entity === entity && (fileId === undefined || file.fileId === fileId),
  );
  if (files.length === 0 || entity === null) {
    throw new Refusal('NOT_FOUND', 'The upload has no such file.', {
      field: fileId === undefined ? 'entity' : 'fileId',
    });
  }
  requireFormat(files, format);
  const [file] = files;
  const results = { uploadSeq: upload.uploadSeq, entity, onlyProblems };
  // A batch is an upload of its own, so there is never a second one to be put together with.
  if (format === 'json' && file) return readJsonResults(deps, { ...results, file });
  return openCc5Results(deps, { ...results, files });
}

const cameAs: Readonly<Record<FileFormat, readonly [came: string, ask: string]>> = {
  cc5: ['a sync file', 'cc5, '],
  'json-batch': ['a JSON batch', 'json, '],
  // Its rows are handed back in Patient Import Results.
  'patient-csv': ['a file of patients', ''],
};

/** Rows are handed back in the format in which they came. */
function requireFormat(files: readonly UploadFile[], format: Format): void {
  if (files.every((file) => file.format === sourceFormats[format])) return;
  const [came, ask] = cameAs[files[0]?.format ?? 'cc5'];
  throw new Refusal('INVALID_REQUEST', `format: this came as ${came}; ask for ${ask}csv or ndjson.`, {
    field: 'format',
  });
}
