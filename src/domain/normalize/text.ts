import { acceptAll, type ScalarClass } from './scalar-class';

const maxKeyLength = 256;

/** Code points below this have no other composed form than themselves, so NFC cannot change such a text. */
const firstCombining = 0x300;

/** Unicode NFC, blanks collapsed, case kept (data-model A.11). */
export function normalizeName(text: string): string {
  let wasBlank = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= firstCombining || (code < 32 && code !== 0) || code === 160) return collapseBlanks(text);
    if (code === 32 && wasBlank) return collapseBlanks(text);
    wasBlank = code === 32;
  }
  return text;
}

function collapseBlanks(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Line breaks become a single line feed, as the sync file has only one way to write them. */
function normalizeText(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** First letter, upper case; a following dot says nothing. */
function normalizeInitial(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase();
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** Whether a text may be a key: at most 256 characters, none of them a control character or half a surrogate pair. */
export function isUsableKey(text: string): boolean {
  if (text.length > maxKeyLength) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (isControl(code)) return false;
    if (code >= 0xd800 && code <= 0xdfff) return !/\p{Surrogate}/u.test(text);
  }
  return true;
}

export const stringClass: ScalarClass = { normalize: normalizeText, validate: acceptAll };

export const nameClass: ScalarClass = { normalize: normalizeName, validate: acceptAll };

/** A longer name in the place of an initial is cut, which its sender should know. */
export const initialClass: ScalarClass = {
  normalize: normalizeInitial,
  validate: (_, text) => ([...text].length > 1 && !/^.\.$/u.test(text) ? 'VALUE_REPAIRED' : null),
};

/** Keys stay text, are trimmed and nothing else (data-model A.11). */
export const idClass: ScalarClass = {
  normalize: (text) => text,
  validate: (value) => (isUsableKey(String(value)) ? null : 'INVALID_KEY'),
};
