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
