import { severityOf, type RowCode } from '../codes';
import type { FieldDefinition, FieldKind } from '../entities/definition';
import { completeZipClass, completeZips, fipsClass, fullZipClass, stateClass, zipClass } from './address';
import { boolClass } from './bool';
import { emailClass, phoneClass } from './contact';
import { dateClass, timeClass, timestampClass } from './date';
import { enumClass, languageClass } from './enumeration';
import { canonicalFree, isPlainObject, isReservedKey, type PlainObject } from './free-value';
import { imageClass } from './image';
import { parseJsonCell } from './json-cell';
import { isIcd10, mbiClass, normalizeIcd10 } from './medical';
import { intClass, moneyClass, numberClass } from './number';
import type { ScalarClass } from './scalar-class';
import { ssnClass, taxIdClass } from './tax-id';
import { idClass, initialClass, nameClass, stringClass } from './text';

/** Learns of each problem; `field` is the dotted path without list positions (`items.price`), null for the whole row. */
export type Report = (code: RowCode, field: string | null) => void;

/** Reads a cell or JSON value, normalizes and validates it. Gives undefined for an empty one. */
export type Reader = (value: unknown, report: Report) => unknown;

export interface ReadContext {
  /** yyyyMMdd: birthdays after it are wrong. */
  today: string;
}

type CompositeKind = 'strings' | 'address' | 'object' | 'list' | 'free';

const compositeKinds: ReadonlySet<FieldKind> = new Set<CompositeKind>(['strings', 'address', 'object', 'list', 'free']);

export function isComposite(kind: FieldKind): kind is CompositeKind {
  return compositeKinds.has(kind);
}

function scalarClass(
  field: FieldDefinition,
  kind: Exclude<FieldKind, CompositeKind>,
  { today }: ReadContext,
): ScalarClass {
  switch (kind) {
    case 'id':
      return idClass;
    case 'string':
      return stringClass;
    case 'name':
      return nameClass;
    case 'initial':
      return initialClass;
    case 'int':
      return intClass;
    case 'number':
      return numberClass(field.range);
    case 'money':
      return moneyClass;
    case 'bool':
      return boolClass;
    case 'date':
      return dateClass(field.past ? today : undefined);
    case 'timestamp':
      return timestampClass;
    case 'time':
      return timeClass;
    case 'phone':
      return phoneClass;
    case 'email':
      return emailClass(field.strict === true);
    case 'language':
      return languageClass;
    case 'enum':
      return enumClass(field);
    case 'ssn':
      return ssnClass;
    case 'taxId':
      return taxIdClass;
    case 'zip':
      return field.zipOf === undefined ? zipClass : completeZipClass;
    case 'fullZip':
      return fullZipClass;
    case 'fips':
      return fipsClass;
    case 'image':
      return imageClass;
    case 'state':
      return stateClass;
    case 'mbi':
      return mbiClass;
  }
}

/** How a field is read (data-model A.11). `path` is its dotted name in problems. */
export function compileReader(field: FieldDefinition, path: string, context: ReadContext): Reader {
  const { kind } = field;
  if (!isComposite(kind)) return scalarReader(scalarClass(field, kind, context), path, field.lenient === true);
  switch (kind) {
    case 'strings':
      return stringsReader(field, path);
    case 'address':
      return addressReader(field, path, context);
    case 'object':
      return objectReader(field.fields ?? [], path, context);
    case 'list':
      return listReader(field, path, context);
    case 'free':
      return (value, report) => (isEmpty(value) ? undefined : canonicalFree(value, (code) => report(code, path)));
  }
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** What is wrong with a value that is left out must not keep the row out, nor say that it was stored. */
function codeWhenLeftOut(code: RowCode): RowCode {
  return severityOf(code) === 'error' || code === 'VALUE_UNKNOWN' ? 'VALUE_LEFT_OUT' : code;
}

function scalarReader({ normalize, validate }: ScalarClass, path: string, isLenient: boolean): Reader {
  return (value, report) => {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'object') {
      report('INVALID_JSON', path);
      return undefined;
    }
    const text = typeof value === 'string' ? value.trim() : String(value);
    if (text === '') return undefined;
    const normalized = normalize(text);
    const code = validate(normalized, text);
    if (code === null) return normalized;
    const isLeftOut = isLenient && code !== 'VALUE_REPAIRED';
    report(isLeftOut ? codeWhenLeftOut(code) : code, path);
    return isLeftOut ? undefined : normalized;
  };
}

/** First spelling of a key that has a value; '' when one is there but empty, undefined when none is there. */
export function pick(source: PlainObject, names: readonly string[]): unknown {
  let found: unknown;
  for (const name of names) {
    if (!Object.hasOwn(source, name)) continue;
    if (!isEmpty(source[name])) return source[name];
    found = '';
  }
  return found;
}

interface Lifted {
  /** Spellings beside the object. */
  from: readonly string[];
  to: string;
}

function liftedInto({ fields = [] }: FieldDefinition): readonly Lifted[] {
  return fields.flatMap(({ name, outerAliases }) => (outerAliases ? [{ from: outerAliases, to: name }] : []));
}

/** An object with what stands beside it and is missing in it (data-model E-16). */
function withLifted(raw: unknown, source: PlainObject, lifted: readonly Lifted[]): unknown {
  const beside = lifted.map(({ from, to }) => [to, pick(source, from)] as const).filter(([, value]) => !isEmpty(value));
  if (beside.length === 0) return raw;
  const inner = typeof raw === 'string' ? parseJsonCell(raw) : (raw ?? {});
  if (!isPlainObject(inner)) return raw;
  const own = Object.entries(inner).filter(([, value]) => !isEmpty(value));
  return { ...Object.fromEntries(beside), ...Object.fromEntries(own) };
}

function objectReader(fields: readonly FieldDefinition[], path: string, context: ReadContext): Reader {
  const parts = fields.map((field) => ({
    name: field.name,
    names: [field.name, ...(field.aliases ?? [])],
    read: compileReader(field, path === '' ? field.name : `${path}.${field.name}`, context),
    lifted: liftedInto(field),
  }));
  const known = new Set(parts.flatMap(({ names, lifted }) => [...names, ...lifted.flatMap(({ from }) => from)]));
  return (value, report) => {
    const source = typeof value === 'string' ? parseJsonCell(value) : value;
    if (source === undefined || source === null) return undefined;
    if (!isPlainObject(source)) {
      report('INVALID_JSON', path);
      return undefined;
    }
    const result: Record<string, unknown> = {};
    for (const { name, names, read, lifted } of parts) {
      const part = read(withLifted(pick(source, names), source, lifted), report);
      if (part !== undefined) result[name] = part;
    }
    const custom = Object.keys(source).filter((key) => !known.has(key));
    for (const key of custom.sort()) {
      if (isReservedKey(key)) report('FIELD_NAME_RESERVED', path);
      else result[key] = canonicalFree(source[key], (code) => report(code, path));
    }
    return Object.keys(result).length > 0 ? result : undefined;
  };
}

/** An address never keeps a record out: what is wrong with one of its parts is a warning (data-model A.0.4). */
function addressReader(field: FieldDefinition, path: string, context: ReadContext): Reader {
  const read = objectReader(field.fields ?? [], path, context);
  const partPrefix = `${path}.`;
  return (value, report) => {
    const source = typeof value === 'string' ? parseJsonCell(value) : value;
    return read(isPlainObject(source) ? completeZips(source) : source, (code, at) => {
      const isPart = at?.startsWith(partPrefix) && code !== 'INVALID_JSON' && code !== 'FIELD_NAME_RESERVED';
      report(isPart && severityOf(code) === 'error' ? 'VALUE_UNKNOWN' : code, at);
    });
  };
}

/** A single object stands for a list of one (data-model E-14). */
function listReader(field: FieldDefinition, path: string, context: ReadContext): Reader {
  const readItem = field.fields && objectReader(field.fields, path, context);
  return (value, report) => {
    const source = typeof value === 'string' ? parseJsonCell(value) : value;
    if (source === undefined || source === null) return undefined;
    if (typeof source !== 'object') {
      report('INVALID_JSON', path);
      return undefined;
    }
    const items: readonly unknown[] = Array.isArray(source) ? source : [source];
    const read = readItem
      ? items.map((item) => readItem(item, report)).filter((item) => item !== undefined)
      : items.map((item) => canonicalFree(item, (code) => report(code, path)));
    return read.length > 0 ? read : undefined;
  };
}

/** Texts separated by commas or as the field says, or a JSON array of them (data-model B.4, E-29). */
function stringsReader({ separators = ',', items: form }: FieldDefinition, path: string): Reader {
  const separator = new RegExp(`[${separators}]`);
  return (value, report) => {
    if (value === undefined || value === null) return undefined;
    const source = typeof value === 'string' ? splitTexts(value, separator) : value;
    const items: readonly unknown[] = Array.isArray(source) ? source : [source];
    if (items.some((item) => (typeof item === 'object' && item !== null) || typeof item === 'symbol')) {
      report('INVALID_JSON', path);
      return undefined;
    }
    const found = items.map((item) => String(item ?? '').trim()).filter((text) => text !== '');
    const texts = form === 'icd10' ? icd10Codes(found, () => report('INVALID_ICD10', path)) : found;
    return texts.length > 0 ? texts : undefined;
  };
}

function splitTexts(text: string, separator: RegExp): unknown {
  return text.trimStart().startsWith('[') ? parseJsonCell(text) : text.split(separator);
}

/** Each code once and in its documented form; `onWrong` learns that some are left out. */
function icd10Codes(texts: readonly string[], onWrong: () => void): readonly string[] {
  const codes = texts.map(normalizeIcd10);
  if (!codes.every(isIcd10)) onWrong();
  return [...new Set(codes.filter(isIcd10))];
}
