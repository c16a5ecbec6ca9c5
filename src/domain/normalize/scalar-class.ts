import type { RowCode } from '../codes';

export type Scalar = string | number | boolean;

/** How one kind of single value is brought into its documented form and judged (data-model A.11). Both are pure. */
export interface ScalarClass {
  /** Takes a trimmed, non-empty text and gives its normal form; a text that it cannot read comes back as it is. */
  normalize: (text: string) => Scalar;
  /** Judges what `normalize` gave for `text`; null when nothing is to be said. */
  validate: (value: Scalar, text: string) => RowCode | null;
}

export const acceptAll = (): null => null;
