import type { FileCode, FileProblem } from '../../codes';
import { findEntityByType } from '../../entities';
import type { EntityDefinition } from '../../entities/definition';
import { isPlainObject, type PlainObject } from '../../normalize/free-value';
import { parseFieldMappings, type FieldMappings } from './field-mappings';
import { anyCase, listOf, objectOf, textOf } from './keys';
import { holdsTooManyValues } from './limits';

/** A JSON batch import (data-model B.6) whose envelope has been read; its records are still as they came. */
export interface JsonBatch {
  entityType: string;
  dataSource: string;
  workspaceId: string;
  bucketId: string;
  mappings: FieldMappings;
  data: readonly unknown[];
  deletes: readonly unknown[];
  /** Unique id of the sender's; null when there is none. */
  instanceId: string | null;
  /** Envelope as it was sent, for handing records back. */
  source: PlainObject;
}

type Result<Value> = ({ ok: true } & Value) | { ok: false; problem: FileProblem };

const maxInstanceIdLength = 255;

function failed(code: FileCode, message: string): { ok: false; problem: FileProblem } {
  return { ok: false, problem: { code, message } };
}

function invalid(reason: string): { ok: false; problem: FileProblem } {
  return failed('FILE_HEADER_INVALID', `The batch cannot be read: ${reason}.`);
}

/** Reads the bytes of a batch. Problems: FILE_EMPTY, FILE_TOO_LARGE, FILE_ENCODING_INVALID and those of `readBatch`. */
export function parseBatch(bytes: Uint8Array): Result<{ batch: JsonBatch }> {
  if (bytes.length === 0) return failed('FILE_EMPTY', 'The batch is empty.');
  if (holdsTooManyValues(bytes)) return failed('FILE_TOO_LARGE', 'The batch holds too many values: split it.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed('FILE_ENCODING_INVALID', 'The batch is not valid UTF-8.');
  }
  try {
    return readBatch(JSON.parse(text));
  } catch {
    // The parser's own message quotes the text.
    return invalid('it is not JSON');
  }
}

/**
 * Reads the envelope of a batch: header, field mappings, lists and the total of the footer. The key must be entityId, as
 * in row 02 of a sync file. Problems: FILE_HEADER_INVALID, FILE_COUNT_MISMATCH.
 */
export function readBatch(body: unknown): Result<{ batch: JsonBatch }> {
  const source = isPlainObject(body) ? anyCase(body, 'ImportData') : undefined;
  if (!isPlainObject(source)) return invalid('it has to be an object with the object ImportData');
  const header = anyCase(source, 'header');
  if (!isPlainObject(header)) return invalid('ImportData.header has to be an object');
  const metadata = anyCase(header, 'metadata');
  if (!isPlainObject(metadata)) return invalid('header.metadata has to be an object');
  const mappingSource = objectOf(anyCase(header, 'FieldMappings'));
  if (!mappingSource) return invalid('header.FieldMappings has to be an object');
  const mappings = parseFieldMappings(mappingSource);
  if (typeof mappings === 'string') return invalid(mappings);
  if (!namesTheKey(anyCase(metadata, 'keys'), mappings)) {
    return invalid('header.metadata.keys has to name entityId as the only key field');
  }
  const entityType = textOf(anyCase(metadata, 'entityType'));
  const dataSource = textOf(anyCase(metadata, 'dataSource'));
  const workspaceId = textOf(anyCase(metadata, 'workspaceId'));
  const bucketId = textOf(anyCase(metadata, 'bucketId'));
  if (!entityType || !dataSource || !workspaceId || !bucketId) {
    return invalid('header.metadata has to hold entityType, dataSource, workspaceId and bucketId');
  }
  const data = listOf(anyCase(source, 'data'));
  const deletes = listOf(anyCase(source, 'delete'));
  if (!data || !deletes) return invalid('data and delete have to be lists');
  const instanceId = readInstanceId(anyCase(source, 'InstanceId'));
  if (instanceId === undefined) return invalid('InstanceId has to be a text of at most 255 characters');
  const mismatch = checkTotal(anyCase(source, 'footer'), data.length, deletes.length);
  if (mismatch !== null) return failed('FILE_COUNT_MISMATCH', `footer.total does not fit the batch: ${mismatch}.`);
  const batch = { entityType, dataSource, workspaceId, bucketId, mappings, data, deletes, instanceId, source };
  return { ok: true, batch };
}

/** The entity of a batch that is meant for this tenant. Problems: FILE_TENANT_MISMATCH, FILE_ENTITY_UNKNOWN. */
export function checkBatch(
  batch: Pick<JsonBatch, 'entityType' | 'dataSource' | 'workspaceId' | 'bucketId'>,
  tenant: { workspaceId: string; bucketId: string },
): Result<{ definition: EntityDefinition }> {
  if (batch.workspaceId !== tenant.workspaceId || batch.bucketId !== tenant.bucketId) {
    return failed('FILE_TENANT_MISMATCH', 'header.metadata names another workspace or bucket than the request.');
  }
  const definition = findEntityByType(batch.entityType, batch.dataSource);
  if (definition) return { ok: true, definition };
  return failed(
    'FILE_ENTITY_UNKNOWN',
    'entityType and dataSource of header.metadata do not belong to any entity that can be uploaded.',
  );
}

/** The key under its own name or, where a mapping renames it, under the code that the records use. */
function namesTheKey(keys: unknown, mappings: FieldMappings): boolean {
  const named = typeof keys === 'string' ? [keys] : keys;
  if (!Array.isArray(named) || named.length !== 1) return false;
  const key = textOf(named[0]);
  return key !== undefined && (key === 'entityId' || mappings.get(key)?.name === 'entityId');
}

/** Null when there is none, undefined when it cannot be one. */
function readInstanceId(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  const text = textOf(value);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text === undefined || text.length > maxInstanceIdLength || /[\u0000-\u001f\p{Surrogate}]/u.test(text)) {
    return undefined;
  }
  return text;
}

/**
 * `total` is the "total data count" of the documentation: read with and without the deletes, since it does not say which.
 * JSON cannot be cut off unnoticed, so it may be left out.
 */
function checkTotal(footer: unknown, data: number, deletes: number): string | null {
  const source = objectOf(footer);
  const total = source && anyCase(source, 'total');
  if (source && (total === undefined || total === null)) return null;
  const text = textOf(total) ?? '';
  if (!/^\d{1,15}$/.test(text)) return 'it is not a number';
  const counted = Number(text);
  if (counted === data + deletes || counted === data) return null;
  return `it counts ${counted} records, the batch has ${data + deletes}`;
}
