import type { ScalarClass } from './scalar-class';
import { stateCode } from './us-states';

const zipPlus4 = /^(\d{5})-?(\d{4})$/;

/** Five digits; of a ZIP+4 the first five; leading zeros that a spreadsheet dropped are restored (data-model A.0.4). */
export const zipClass: ScalarClass = {
  normalize: (text) => {
    const plus4 = zipPlus4.exec(text);
    if (plus4?.[1]) return plus4[1];
    return /^\d{3,4}$/.test(text) ? text.padStart(5, '0') : text;
  },
  validate: (value, text) => {
    if (!/^\d{5}$/.test(String(value))) return 'VALUE_UNKNOWN';
    return text.length < 5 ? 'VALUE_REPAIRED' : null;
  },
};

/** Five digits, or the first five of a ZIP+4; whether a zero is missing is for `restoreZip` to say. */
export const completeZipClass: ScalarClass = {
  normalize: zipClass.normalize,
  validate: (value, text) => (/^\d{5}$/.test(String(value)) && text.length >= 5 ? null : 'VALUE_UNKNOWN'),
};

/** States all of whose zips begin with 0, and those where they begin with 00 (AE is military mail, 09). */
const zeroStates: ReadonlySet<unknown> = new Set(['CT', 'MA', 'ME', 'NH', 'NJ', 'RI', 'VT', 'AE', 'PR', 'VI']);
const doubleZeroStates: ReadonlySet<unknown> = new Set(['PR', 'VI']);

/**
 * The zip that a spreadsheet took for a number, with its zeros; undefined when nothing is missing or the state does not
 * say so. A ZIP+4 keeps its four digits.
 */
export function restoreZip(zip: string, state: unknown): string | undefined {
  if (/^\d{4}(-\d{4})?$/.test(zip) && zeroStates.has(state)) return `0${zip}`;
  return /^\d{3}(-\d{4})?$/.test(zip) && doubleZeroStates.has(state) ? `00${zip}` : undefined;
}

/** ZIP+4 as #####-####. */
export const fullZipClass: ScalarClass = {
  normalize: (text) => text.replace(zipPlus4, '$1-$2'),
  validate: (value) => (/^\d{5}(-\d{4})?$/.test(String(value)) ? null : 'VALUE_UNKNOWN'),
};

export const stateClass: ScalarClass = {
  normalize: (text) => stateCode(text) ?? text,
  validate: (value) => (stateCode(String(value)) === value ? null : 'VALUE_UNKNOWN'),
};

/** Five digits; a dropped leading zero is restored. */
export const fipsClass: ScalarClass = {
  normalize: (text) => (/^\d{4}$/.test(text) ? `0${text}` : text),
  validate: (value, text) => {
    if (!/^\d{5}$/.test(String(value))) return 'VALUE_UNKNOWN';
    return text.length < 5 ? 'VALUE_REPAIRED' : null;
  },
};

/**
 * What the parts of an address as sent say about each other: zip comes from fullZipCode when absent, and a ZIP+4 that
 * stands in `zip` also fills fullZipCode (data-model A.11). Gives a new address when something is added.
 */
export function completeZips(address: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { zip, fullZipCode } = address;
  const source = zip || fullZipCode;
  if ((zip && fullZipCode) || typeof source !== 'string' || !zipPlus4.test(source.trim())) return address;
  return { ...address, zip: source, fullZipCode: source };
}
