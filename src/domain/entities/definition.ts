import type { RowCode } from '../codes';

/**
 * The shape of an entity definition. One file per entity under this folder holds its definition, and everything else is
 * derived from it: validation, normalization, staging columns, association order, JSON Schema and documentation.
 */

/** How a value is read, checked and normalized (data-model A.11). */
export type FieldKind =
  | 'id'
  | 'string'
  | 'name'
  | 'initial'
  | 'int'
  | 'number'
  | 'money'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'phone'
  | 'email'
  | 'language'
  | 'enum'
  | 'ssn'
  | 'taxId'
  | 'zip'
  | 'fullZip'
  | 'fips'
  | 'state'
  | 'mbi'
  | 'strings'
  | 'address'
  | 'object'
  | 'list'
  | 'image'
  | 'free';

export interface FieldDefinition {
  name: string;
  kind: FieldKind;
  /** 'key': the column must be there but may be empty (data-model E-05). */
  required?: true | 'key';
  description: string;
  /** For `enum`: the documented values. `open` accepts others with VALUE_UNKNOWN. */
  values?: readonly string[];
  open?: true;
  /** For `enum`: other spellings, after slugging. */
  synonyms?: Readonly<Record<string, string>>;
  /** For `object` and `list`: the fields of the (item) object; keys not named here pass through untouched. */
  fields?: readonly FieldDefinition[];
  /** Other spellings of the key that are read and written under `name` (data-model E-14 to E-16, E-36). */
  aliases?: readonly string[];
  /** Invalid values are an error even though the field's class only warns (provider e-mail, data-model A.11). */
  strict?: true;
  /** Value when the field is absent or empty. */
  default?: unknown;
  /** For `number`: lowest and highest value. */
  range?: readonly [number, number];
  /** For `date`: a day after today is an error (birthdays, data-model A.11). */
  past?: true;
  /** Filled with the value of `field` when `when` is true and this one is empty (sameAddress, data-model A.11). */
  copiedFrom?: { field: string; when: string };
  /** For a field of an object: keys beside that object which are read as this field (data-model E-15, E-16). */
  outerAliases?: readonly string[];
  /** The value of this field when it is empty (data-model E-17). */
  defaultFrom?: string;
  /** Too large for pages: kept apart from the record, which has `{name}Hash` in its place. For texts at the top level. */
  apart?: true;
  /** Personal data: never leaves PostgreSQL and S3. */
  personal?: true;
  /** Heading of its column in a CSV template. */
  title?: string;
  /** Given by the service itself, never read from an upload. */
  assigned?: true;
  /** A value that cannot be read is left out with a warning, and what was stored before stays. */
  lenient?: true;
  /** For `zip`: the field with the state, which decides whether a leading zero was lost; it stands before this one. */
  zipOf?: string;
  /** For `strings`: what separates texts, a comma by default; more than one character are alternatives. */
  separators?: string;
  /** For `strings`: the form of each text; one of another form is left out with INVALID_ICD10. */
  items?: 'icd10';
}

export interface ReferenceDefinition {
  /** Field that holds the key; a dotted path for soft references inside `data`. */
  field: string;
  /** Entity name that the key belongs to. */
  target: string;
  /** A soft reference only warns (data-model A.10). */
  soft?: true;
  /** For the triple refEntityType + refDatasourceCode + refEntityId: applies when refDatasourceCode has this value. */
  whenDataSourceCode?: string;
}

/** `field` of this row belongs with `attribute` of the record that `of` (a reference field) names. */
export interface AttributeLink {
  field: string;
  of: string;
  attribute: string;
}

/** Attributes that other entities compare with or copy from: each the values of its fields joined by a blank. */
export type ExposedAttributes = Readonly<Record<string, readonly string[]>>;

/** Whose records they are: an agency uploads its own, CCN reports attendance (data-model E-39). */
export type Writer = 'agency' | 'ccn';

export interface EntityDefinition {
  /** As in URLs and results: `family_member`. */
  name: string;
  title: string;
  /** Row 01 of a sync file: `wks_family_member`. */
  entityType: string;
  dataSourceCode: string;
  description: string;
  /** Who may upload it; agencies unless said. */
  writer?: Writer;
  /** Records that are new or change are submissions, of which subscribers hear one by one (data-model C.4). */
  submissions?: true;
  fields: readonly FieldDefinition[];
  references: readonly ReferenceDefinition[];
  exposes: ExposedAttributes;
  /** Denormalized copies: filled when missing, NAME_MISMATCH when they differ (data-model A.10, R6). */
  copies: readonly AttributeLink[];
  /** Must agree when both sides are there, else REFERENCE_MISMATCH (data-model A.10, R5). */
  matches: readonly AttributeLink[];
  /** Checks over several fields of one row. */
  checks?: readonly RowCheck[];
  /** The one door that brings this entity; the documented doors of CareCloud when absent. */
  door?: 'patient-import';
  /** For an entity whose rows have no key of their own: what they are recognised by, the strongest first. */
  matchKeys?: readonly MatchKey[];
}

/** Rows of an entity that give the same text for one of these are the same record. */
export interface MatchKey {
  name: string;
  /** Top-level fields it is made of. */
  fields: readonly string[];
  /** Values in the order of `fields`, undefined when empty; null when they cannot tell the record. Pure. */
  key: (values: readonly unknown[]) => string | null;
}

/** A check over several fields of one normalized row. */
export interface RowCheck {
  /** Top-level fields it looks at; it is skipped when one of them is already reported as an error. */
  fields: readonly string[];
  description: string;
  code: RowCode;
  /** Where the problem is reported. */
  field: string;
  /** Values in the order of `fields`, undefined when empty; pure. */
  fails: (values: readonly unknown[]) => boolean;
}
