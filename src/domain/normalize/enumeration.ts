import type { FieldDefinition } from '../entities/definition';
import type { ScalarClass } from './scalar-class';

/** Lower case, blanks and underscores as single hyphens (data-model A.11). */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s_-]+/g, '-')
    .replace(/^-|-$/g, '');
}

const languages: ReadonlyMap<string, string> = new Map([
  ['en', 'en'],
  ['eng', 'en'],
  ['english', 'en'],
  ['es', 'es'],
  ['spa', 'es'],
  ['spanish', 'es'],
  ['español', 'es'],
  ['zh', 'zh'],
  ['zho', 'zh'],
  ['chi', 'zh'],
  ['chinese', 'zh'],
]);

/** Documented values of an enumeration; a closed one refuses others, an open one stores their slug and warns. */
export function enumClass({ values = [], open, synonyms = {} }: FieldDefinition): ScalarClass {
  const known = new Set<unknown>(values);
  const spellings = new Map(Object.entries(synonyms));
  return {
    normalize: (text) => {
      if (known.has(text)) return text;
      const slugged = slug(text);
      return spellings.get(slugged) ?? slugged;
    },
    validate: (value) => {
      if (known.has(value)) return null;
      return open ? 'VALUE_UNKNOWN' : 'INVALID_ENUM';
    },
  };
}

/** Language codes of data-model A.0.4. Families speak others too: those are stored as sent, with a warning. */
export const languageClass: ScalarClass = {
  normalize: (text) => languages.get(text) ?? languages.get(text.toLowerCase()) ?? text,
  validate: (value) => (languages.get(String(value)) === value ? null : 'VALUE_UNKNOWN'),
};
