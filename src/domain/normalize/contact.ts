import type { ScalarClass } from './scalar-class';

const phoneShape = /^\d{3}-\d{3}-\d{4}$/;
const emailShape = /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(?:\.[^\s@.]+)+$/;
const maxEmailLength = 254;

/** Digits only, a leading US 1 dropped, ten of them as ###-###-####; else the text itself (data-model A.11). */
export function normalizePhone(text: string): string {
  const digits = text.replace(/\D/g, '');
  const local = digits.length === 11 && digits.startsWith('1') ? digits.slice(1) : digits;
  return local.length === 10 ? `${local.slice(0, 3)}-${local.slice(3, 6)}-${local.slice(6)}` : text;
}

export const phoneClass: ScalarClass = {
  normalize: normalizePhone,
  validate: (value) => (phoneShape.test(String(value)) ? null : 'PHONE_UNPARSABLE'),
};

/** Lower case; a wrong address is an error only where the entity lives by it (data-model A.11: provider). */
export function emailClass(strict: boolean): ScalarClass {
  return {
    normalize: (text) => text.toLowerCase(),
    validate: (value) => {
      const text = String(value);
      if (text.length <= maxEmailLength && emailShape.test(text)) return null;
      return strict ? 'INVALID_EMAIL' : 'EMAIL_INVALID';
    },
  };
}
