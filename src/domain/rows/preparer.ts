import { severityOf, type RowCode } from '../codes';
import type { EntityDefinition, FieldDefinition } from '../entities/definition';
import { canonicalFree, isReservedKey, type PlainObject } from '../normalize/free-value';
import { restoreZip } from '../normalize/address';
import { isEmpty, type Reader, type ReadContext, type Report } from '../normalize/reader';
import { isUsableKey } from '../normalize/text';
import type { ApartValue, PreparedRow } from '../prepared-row';
import type { Problem } from '../problems';
import { jsonOf, mayBeUnstorable, storable } from './canonical';
import { compileSlot, type Slot } from './slot';
import { stagingReaders } from './staging-values';

/**
 * Turns the raw values of one row into a prepared row. `raws` holds a value per field of the definition and then one
 * per custom column; undefined when the row has no such key. `extras` are top-level keys that no field names.
 */
export type Preparer = (
  operation: PreparedRow['operation'],
  raws: readonly unknown[],
  extras?: PlainObject,
) => PreparedRow;

const noProblems: readonly Problem[] = Object.freeze([]);

/**
 * Compiles the one pass that validates and normalizes rows of an entity: each field is read, sameAddress copies are
 * made, defaults filled in, checks over several fields done, and the canonical document is put together. All problems
 * of a row are collected, errors first, each in the order of the definition. The result is pure but for a memory of
 * repeated cells, so compile it once per file or chunk.
 */
export function createPreparer(
  definition: EntityDefinition,
  customFields: readonly FieldDefinition[],
  context: ReadContext,
  extraReaders: ReadonlyMap<string, Reader> = new Map(),
): Preparer {
  const slots = [...definition.fields, ...customFields].map((field) => compileSlot(field, context));
  const slotOf = (name: string): number => slots.findIndex(({ field }) => field.name === name);
  const columnReaders = stagingReaders(definition, slotOf);
  const noColumns = columnReaders.map(() => null);
  const disabledSlot = slotOf('disabled');
  const copies = compileCopies(definition, slotOf);
  const zipSlots = slots.flatMap(({ field }, slot) =>
    field.zipOf === undefined ? [] : [{ slot, stateSlot: slotOf(field.zipOf) }],
  );
  const defaults = compileDefaults(definition, slotOf);
  const apartSlots = slots.flatMap(({ field }, slot) => (field.apart ? [slot] : []));
  const checks = (definition.checks ?? []).map((check) => ({ check, slots: check.fields.map(slotOf) }));

  let problems: Problem[] = [];
  let errors = 0;
  const report: Report = (code, field) => {
    if (problems.some((problem) => problem.code === code && problem.field === field)) return;
    problems.push({ code, field });
    if (severityOf(code) === 'error') errors += 1;
  };

  function readSlots(raws: readonly unknown[], values: unknown[], jsons: (string | undefined)[]): void {
    for (let i = 0; i < slots.length; i += 1) {
      const { field, read, readCell } = slots[i] as Slot;
      const raw = zipSlots.length > 0 ? completeZip(i, raws[i], values) : raws[i];
      const errorsBefore = errors;
      let value: unknown;
      let json: string | undefined;
      if (raw === undefined || raw === '') {
        value = undefined;
      } else if (readCell === undefined) {
        value = read(raw, report);
      } else {
        const cell = readCell(raw);
        for (const { code, field: at } of cell.problems) report(code as RowCode, at ?? field.name);
        value = cell.value;
        json = cell.json;
      }
      if (value === undefined) {
        value = field.default;
        const isMissing = field.required === true || (field.required === 'key' && raw === undefined);
        if (isMissing && errors === errorsBefore) report('REQUIRED_MISSING', field.name);
      }
      values.push(value);
      jsons.push(json ?? (value === undefined ? undefined : jsonOf(value)));
    }
  }

  /** A zip that lost its leading zero to a spreadsheet, as the state that was read before tells. */
  function completeZip(slot: number, raw: unknown, values: readonly unknown[]): unknown {
    const zip = zipSlots.find((candidate) => candidate.slot === slot);
    if (zip === undefined || typeof raw !== 'string') return raw;
    const restored = restoreZip(raw.trim(), values[zip.stateSlot]);
    if (restored === undefined) return raw;
    report('VALUE_REPAIRED', (slots[slot] as Slot).field.name);
    return restored;
  }

  function fillDefaults(values: unknown[], jsons: (string | undefined)[]): void {
    for (const { target, source } of defaults) {
      if (values[target] !== undefined) continue;
      values[target] = values[source];
      jsons[target] = jsons[source];
    }
  }

  /** Takes the large values out of what becomes the document. */
  function takeApart(values: unknown[], jsons: (string | undefined)[]): readonly ApartValue[] {
    return apartSlots.flatMap((slot) => {
      const { name } = (slots[slot] as Slot).field;
      const sent = values[slot];
      values[slot] = undefined;
      jsons[slot] = undefined;
      const value = storable(sent);
      if (typeof value !== 'string') return [];
      if (value !== sent) report('VALUE_REPAIRED', name);
      return [{ field: name, value }];
    });
  }

  function copyAddresses(values: unknown[], jsons: (string | undefined)[]): void {
    for (const { target, source, flag } of copies) {
      if (values[flag] !== true || values[source] === undefined) continue;
      if (values[target] === undefined) {
        values[target] = values[source];
        jsons[target] = jsons[source];
      } else if (jsons[target] !== jsons[source]) {
        // The mailing address says more than the flag, so the flag gives way.
        values[flag] = false;
        jsons[flag] = 'false';
        report('VALUE_REPAIRED', (slots[flag] as Slot).field.name);
      }
    }
  }

  function runChecks(values: readonly unknown[]): void {
    for (const { check, slots: places } of checks) {
      if (errors > 0 && problems.some(({ code, field }) => isErrorOf(code, field, check.fields))) continue;
      if (check.fails(places.map((place) => values[place]))) report(check.code, check.field);
    }
  }

  function assemble(jsons: readonly (string | undefined)[], extraJson: string): string {
    let text = jsons[0] === undefined ? '' : `{"entityId":${jsons[0]}`;
    for (let i = 1; i < jsons.length; i += 1) {
      const json = jsons[i];
      if (json === undefined) continue;
      const { key } = slots[i] as Slot;
      text += (text === '' ? `{${key.slice(1)}` : key) + json;
    }
    if (text === '') return `{${extraJson.slice(1)}}`;
    return `${text}${extraJson}}`;
  }

  /** Takes out what cannot be stored; `values` and `jsons` are this row's own. */
  function makeStorable(values: unknown[], jsons: (string | undefined)[]): void {
    values.forEach((value, i) => {
      if (value === undefined) return;
      const clean = storable(value);
      const json = jsonOf(clean);
      if (json === jsons[i]) return;
      values[i] = clean;
      jsons[i] = json;
      report('VALUE_REPAIRED', (slots[i] as Slot).field.name);
    });
  }

  function sortedProblems(): readonly Problem[] {
    if (problems.length === 0) return noProblems;
    const slotOfProblem = (field: string | null): number => {
      const slot = slotOf(field?.split('.')[0] ?? '');
      // Custom keys stand at the end of the document.
      return slot < 0 && field !== null ? slots.length : slot;
    };
    const place = ({ code, field }: Problem): number =>
      (severityOf(code) === 'error' ? 0 : 1000) + slotOfProblem(field);
    return problems.length === 1 ? problems : [...problems].sort((a, b) => place(a) - place(b));
  }

  function prepareDelete(raws: readonly unknown[]): PreparedRow {
    const entityId = (slots[0] as Slot).read(raws[0], report);
    if (entityId === undefined && errors === 0) report('REQUIRED_MISSING', 'entityId');
    return {
      operation: 'delete',
      entityId: readableKey(entityId),
      document: null,
      disabled: false,
      columns: noColumns,
      problems: sortedProblems(),
    };
  }

  return (operation, raws, extras) => {
    problems = [];
    errors = 0;
    if (operation === 'delete') return prepareDelete(raws);
    const values: unknown[] = [];
    const jsons: (string | undefined)[] = [];
    readSlots(raws, values, jsons);
    if (defaults.length > 0) fillDefaults(values, jsons);
    if (copies.length > 0) copyAddresses(values, jsons);
    if (checks.length > 0) runChecks(values);
    const extraJson = extras === undefined ? '' : customJson(extras, extraReaders, report);
    const apart = apartSlots.length > 0 ? takeApart(values, jsons) : [];
    let document = errors > 0 ? null : assemble(jsons, extraJson);
    if (document !== null && mayBeUnstorable(document)) {
      makeStorable(values, jsons);
      document = assemble(jsons, extraJson);
    }
    return {
      operation,
      entityId: readableKey(values[0]),
      document,
      disabled: values[disabledSlot] === true,
      columns: document === null ? noColumns : columnReaders.map((read) => read(values)),
      problems: sortedProblems(),
      ...(document !== null && apart.length > 0 && { apart }),
    };
  };
}

function compileCopies(
  definition: EntityDefinition,
  slotOf: (name: string) => number,
): readonly { target: number; source: number; flag: number }[] {
  return definition.fields.flatMap(({ name, copiedFrom }) =>
    copiedFrom ? [{ target: slotOf(name), source: slotOf(copiedFrom.field), flag: slotOf(copiedFrom.when) }] : [],
  );
}

function compileDefaults(
  definition: EntityDefinition,
  slotOf: (name: string) => number,
): readonly { target: number; source: number }[] {
  return definition.fields.flatMap(({ name, defaultFrom }) =>
    defaultFrom === undefined ? [] : [{ target: slotOf(name), source: slotOf(defaultFrom) }],
  );
}

function isErrorOf(code: string, field: string | null, fields: readonly string[]): boolean {
  return severityOf(code) === 'error' && field !== null && fields.includes(field.split('.')[0] ?? '');
}

function readableKey(value: unknown): string | null {
  return typeof value === 'string' && isUsableKey(value) ? value : null;
}

/** Custom top-level keys of a JSON record, sorted, as they stand at the end of the document; empty ones are left out. */
function customJson(extras: PlainObject, readers: ReadonlyMap<string, Reader>, report: Report): string {
  let text = '';
  for (const key of Object.keys(extras).sort()) {
    if (isEmpty(extras[key])) continue;
    if (isReservedKey(key)) {
      report('FIELD_NAME_RESERVED', null);
      continue;
    }
    const value = storable(readExtra(extras[key], key, readers, report));
    const json = value === undefined ? '{}' : JSON.stringify(value);
    if (json !== '{}' && json !== '[]') text += `,${JSON.stringify(key)}:${json}`;
  }
  return text;
}

function readExtra(raw: unknown, key: string, readers: ReadonlyMap<string, Reader>, report: Report): unknown {
  const read = readers.get(key);
  return read ? read(raw, report) : canonicalFree(raw, (code) => report(code, key));
}
