import type { Problem } from './problems';

/** A value too large for the record, by its field. */
export interface ApartValue {
  field: string;
  value: string;
}

/** What becomes of one input row before it meets the database: the only shape that leaves validation and normalization. */
export interface PreparedRow {
  operation: 'upsert' | 'delete';
  /** Trimmed key; null when the row has none that could be read, or its entity is matched by other fields (`matchKeys`). */
  entityId: string | null;
  /** Canonical JSON of the normalized document (same content, same text); null for deletes and for rows with an error. */
  document: string | null;
  disabled: boolean;
  /** Values of `stagingColumns(definition)`, in that order: what association resolution joins and compares. */
  columns: readonly (string | null)[];
  problems: readonly Problem[];
  /** Values that are kept apart from the document; left out when there are none. */
  apart?: readonly ApartValue[];
}

/** A row by its place in the file: the line of a sync file, the position in a batch. */
export interface NumberedRow {
  rowNo: number;
  row: PreparedRow;
}
