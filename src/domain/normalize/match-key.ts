/** A key must fit into an index, and nobody is told apart by what comes after this. */
const maxPartLength = 120;

/** Letters that Unicode does not take apart into a plain one and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ı: 'i',
};

/**
 * A text without what people type differently: case, accents, kinds of apostrophe and dash, blanks (issue: matching
 * without regard to case and accents).
 */
export function foldText(text: string): string {
  if (/^[\w' -]*$/.test(text) && !text.includes('  ')) return text.toLowerCase().trim();
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/[øłđðæœþı]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/[\u2018\u2019\u02bc`\u00b4]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/[\s|]+/g, ' ')
    .trim();
}

function part(value: unknown): string {
  return foldText(String(value)).slice(0, maxPartLength);
}

/**
 * What an EHR ID is recognised by: its text, blanks collapsed. Case counts, for some systems give ids that differ in
 * nothing else, and joining two patients is worse than not recognising one. Null when there is none.
 */
export function ehrKey(ehrId: unknown): string | null {
  const text = typeof ehrId === 'string' ? ehrId.normalize('NFC').replace(/\s+/g, ' ').trim() : '';
  return text === '' ? null : text;
}

/**
 * What a person is recognised by without an EHR ID: first name, last name, birthday (yyyyMMdd) and gender, without regard
 * to case and accents (data-model D.4). Null unless all four are there.
 */
export function personKey(firstName: unknown, lastName: unknown, birthday: unknown, gender: unknown): string | null {
  const parts = [firstName, lastName, birthday, gender];
  return parts.some((value) => value === undefined || value === null || value === '')
    ? null
    : parts.map(part).join('|');
}
