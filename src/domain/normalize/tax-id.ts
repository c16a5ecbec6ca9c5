import type { ScalarClass } from './scalar-class';

function digitsOf(text: string): string {
  return /^[\d\s.-]+$/.test(text) ? text.replace(/\D/g, '') : '';
}

/** Nine digits as ###-##-#### (data-model A.11); another form is kept with a warning, as no rule makes it an error. */
export const ssnClass: ScalarClass = {
  normalize: (text) => {
    const digits = digitsOf(text);
    return digits.length === 9 ? `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}` : text;
  },
  validate: (value) => (/^\d{3}-\d{2}-\d{4}$/.test(String(value)) ? null : 'VALUE_UNKNOWN'),
};

/** Nine digits as ##-#######. */
export const taxIdClass: ScalarClass = {
  normalize: (text) => {
    const digits = digitsOf(text);
    return digits.length === 9 ? `${digits.slice(0, 2)}-${digits.slice(2)}` : text;
  },
  validate: (value) => (/^\d{2}-\d{7}$/.test(String(value)) ? null : 'VALUE_UNKNOWN'),
};
