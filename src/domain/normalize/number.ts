import type { RowCode } from '../codes';
import type { Scalar, ScalarClass } from './scalar-class';

const plainNumber = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i;
/** Commas only where thousands are separated: 1,5 means something else elsewhere and must not become 15. */
const groupedNumber = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;

/** Cents beyond this cannot be held exactly. */
const maxMoney = 9e13;

function isSimple(text: string): boolean {
  let dots = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 46 && i > 0 && i < text.length - 1) dots += 1;
    else if (code < 48 || code > 57) return false;
  }
  return dots <= 1;
}

/** A plain decimal text without $ and thousands commas, undefined when it is not a number. */
function decimalOf(text: string): string | undefined {
  if (isSimple(text)) return text;
  const bare = text.replace(/^([-+]?)\s*\$\s*/, '$1');
  if (plainNumber.test(bare)) return bare;
  return groupedNumber.test(bare) ? bare.replaceAll(',', '') : undefined;
}

function numberOr(text: string, convert: (decimal: string) => number): Scalar {
  const decimal = decimalOf(text);
  if (decimal === undefined) return text;
  const value = convert(decimal);
  // Minus zero and zero are the same amount and must give the same text.
  return Number.isFinite(value) ? value + 0 : text;
}

/** Half a cent rounds away from zero, judged on the digits: binary fractions would round 1.005 down. */
function toCents(decimal: string): number {
  const dot = decimal.indexOf('.');
  if (dot < 0 || decimal.length - dot <= 3) return Number(decimal);
  if (/e/i.test(decimal)) return Number(Number(decimal).toFixed(2));
  const negative = decimal.startsWith('-');
  const digits = decimal.slice(0, dot).replace(/^[-+]/, '') + decimal.slice(dot + 1, dot + 3);
  const cents = Number(digits) + (decimal.charCodeAt(dot + 3) >= 53 ? 1 : 0);
  return (negative ? -cents : cents) / 100;
}

function isNumber(value: Scalar): RowCode | null {
  return typeof value === 'number' ? null : 'INVALID_NUMBER';
}

/** Rates, quantities and coordinates: any decimals (data-model A.11), within `range` when there is one. */
export function numberClass(range?: readonly [number, number]): ScalarClass {
  if (range === undefined) return plainNumberClass;
  const [lowest, highest] = range;
  return {
    normalize: plainNumberClass.normalize,
    validate: (value) =>
      isNumber(value) ?? (lowest <= Number(value) && Number(value) <= highest ? null : 'INVALID_NUMBER'),
  };
}

const plainNumberClass: ScalarClass = { normalize: (text) => numberOr(text, Number), validate: isNumber };

export const intClass: ScalarClass = {
  normalize: plainNumberClass.normalize,
  validate: (value) => (Number.isSafeInteger(value) ? null : 'INVALID_NUMBER'),
};

/** Dollars with two decimals (data-model A.0.7); what rounding changed is reported, for it is money. */
export const moneyClass: ScalarClass = {
  normalize: (text) => numberOr(text, toCents),
  validate: (value, text) => {
    if (typeof value !== 'number' || Math.abs(value) > maxMoney) return 'INVALID_NUMBER';
    return hasMoreThanCents(text) ? 'VALUE_REPAIRED' : null;
  },
};

function hasMoreThanCents(text: string): boolean {
  const dot = text.indexOf('.');
  return dot >= 0 && dot < text.length - 3 && /[1-9]/.test(text.slice(dot + 3));
}
