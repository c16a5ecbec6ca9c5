import type { FieldDefinition } from '../entities/definition';
import { compileReader, isComposite, type ReadContext, type Report } from '../normalize/reader';
import type { Problem } from '../problems';
import { createCellCache, type Cell } from './cell-cache';

/** A compiled field: its place in the values of a row and how it is read. */
export interface Slot {
  field: FieldDefinition;
  /** `,"name":` as it stands in the canonical document. */
  key: string;
  read: (raw: unknown, report: Report) => unknown;
  readCell: ((raw: unknown) => Cell) | undefined;
}

const emptyCell: Cell = { value: undefined, json: undefined, problems: [] };

/** Compiles one field of a definition. Cells that hold JSON are remembered by their text. */
export function compileSlot(field: FieldDefinition, context: ReadContext): Slot {
  const read = compileReader(field, field.name, context);
  const slot = { field, key: `,${JSON.stringify(field.name)}:`, read };
  if (!isComposite(field.kind)) return { ...slot, readCell: undefined };
  const readCell = (raw: unknown): Cell => {
    const problems: Problem[] = [];
    const value = read(raw, (code, at) => {
      if (!problems.some((problem) => problem.code === code && problem.field === at))
        problems.push({ code, field: at });
    });
    return value === undefined && problems.length === 0
      ? emptyCell
      : { value, json: value === undefined ? undefined : JSON.stringify(value), problems };
  };
  const readCached = createCellCache(readCell);
  return {
    ...slot,
    readCell: (raw) => {
      if (typeof raw !== 'string') return readCell(raw);
      return raw === '{}' || raw === '[]' ? emptyCell : readCached(raw);
    },
  };
}
