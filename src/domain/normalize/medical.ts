import type { ScalarClass } from './scalar-class';

/**
 * ICD-10-CM: a letter, a digit, a digit or A or B (C4A, O9A and others), and up to four more characters after a dot.
 * Only the shape is looked at: which codes exist changes every October.
 */
const icd10 = /^[A-Z]\d[\dAB](?:\.[\dA-Z]{1,4})?$/;

/** Upper case, with the dot that claims leave out (data-model D.3). */
export function normalizeIcd10(text: string): string {
  const bare = text.toUpperCase().replace(/\s+/g, '');
  return bare.length > 3 && !bare.includes('.') ? `${bare.slice(0, 3)}.${bare.slice(3)}` : bare;
}

export function isIcd10(text: string): boolean {
  return icd10.test(text);
}

/** Letters of a Medicare Beneficiary Identifier: S, L, O, I, B and Z are left out as they look like digits. */
const mbi = /^[1-9][AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/;

/** Eleven characters without the dashes that the card shows (data-model D.3); another form is kept with a warning. */
export const mbiClass: ScalarClass = {
  normalize: (text) => {
    const bare = text.toUpperCase().replace(/[\s-]/g, '');
    return mbi.test(bare) ? bare : text;
  },
  validate: (value) => (mbi.test(String(value)) ? null : 'VALUE_UNKNOWN'),
};
