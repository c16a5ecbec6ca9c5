import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { doorCodes, fileCodes, rowCodes, type Code } from '../src/domain/codes';
import {
  associationLevel,
  careCloudEntities,
  findEntity,
  type EntityDefinition,
  type FieldDefinition,
} from '../src/domain/entities';
import { otherHeadingsOf } from '../src/domain/formats/patient-csv/headings';
import { plainSentences } from '../src/domain/formats/patient-csv/messages';

/*
 * Writes the pages of docs/ that are derived from the domain. With --check it writes nothing and ends with 1 when a page
 * is not what it would write.
 */

const note = '<!-- Written by scripts/docs.ts from src/domain: change it there. -->';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function codeTable<Entry extends { message: string; cause: string; fix: string }>(
  codes: Readonly<Record<string, Entry>>,
  extra: { head: string; cell: (entry: Entry) => string } | null,
): string {
  const rows = Object.entries(codes).map(([code, entry]) => [
    `\`${code as Code}\``,
    ...(extra ? [extra.cell(entry)] : []),
    entry.message,
    entry.cause,
    entry.fix,
  ]);
  return table(['Code', ...(extra ? [extra.head] : []), 'Message', 'Cause', 'What to do'], rows);
}

function errorsPage(): string {
  return `${note}

# Codes

Codes are stable; messages may be reworded. Neither ever holds a value of a record. Words in braces are filled in.

## Rows

A row with an \`error\` is not stored. A \`parked\` row waits for what it refers to and goes in by itself when that arrives.
A \`warning\` stands beside a row that is stored; a tenant may count it as an error.

${codeTable(rowCodes, { head: 'Severity', cell: ({ severity }) => severity })}

In the results file of a patient import every message is a code and a sentence; some sentences are plainer there:

${table(
  ['Code', 'Message'],
  Object.entries(plainSentences).map(([code, sentence]) => [`\`${code}\``, `${sentence}.`]),
)}

## Uploads and files

These fail an upload as a whole: nothing of it is stored. File and line are named beside the code.

${codeTable(fileCodes, null)}

## Requests

${codeTable(doorCodes, { head: 'HTTP', cell: ({ httpStatus }) => String(httpStatus) })}
`;
}

const formats: Partial<Record<FieldDefinition['kind'], string>> = {
  id: 'key, up to 256 characters',
  string: 'text',
  name: 'text, blanks collapsed',
  initial: 'one letter, upper case',
  int: 'whole number',
  number: 'number',
  money: 'dollars, two decimals',
  bool: 'true or false',
  date: '`yyyyMMdd`',
  time: '`HH:mm`',
  phone: '`###-###-####`',
  email: 'e-mail address, lower case',
  language: '`en` `es` `zh`, others warn',
  ssn: '`###-##-####`',
  taxId: '`##-#######`',
  zip: '`#####`',
  fullZip: '`#####-####`',
  fips: '`#####`',
  state: 'two letters',
  strings: 'list of texts',
  mbi: '11 letters and digits, others warn',
  address: 'object, see Address',
  object: 'object',
  list: 'list of objects',
  image: 'Base64 text',
  free: 'anything',
};

function formatOf({ kind, values = [], open, past, range }: FieldDefinition): string {
  if (kind === 'enum') return `${values.map((value) => `\`${value}\``).join(' ')}${open ? ', others warn' : ''}`;
  const suffix = range ? `, ${range[0]} to ${range[1]}` : past ? ', not in the future' : '';
  return `${formats[kind] ?? kind}${suffix}`;
}

function remarksOf({
  description,
  aliases,
  outerAliases,
  copiedFrom,
  defaultFrom,
  apart,
  name,
  personal,
  strict,
  default: byDefault,
}: FieldDefinition): string {
  const remarks = [
    description,
    aliases && `Also read as ${aliases.map((name) => `\`${name}\``).join(', ')}.`,
    outerAliases && 'Also read beside the object.',
    copiedFrom && `Copied from \`${copiedFrom.field}\` when empty and \`${copiedFrom.when}\` is true.`,
    defaultFrom && `\`${defaultFrom}\` when empty.`,
    apart && `Kept apart: the record has \`${name}Hash\`, the SHA-256 of the text.`,
    strict && 'An invalid value is an error.',
    byDefault !== undefined && `Default ${String(byDefault)}.`,
    personal && 'Personal.',
  ];
  return remarks.filter(Boolean).join(' ');
}

/** Rows of a field and the fields inside it; addresses are described once. */
function fieldRows(field: FieldDefinition, prefix = ''): string[][] {
  const path = prefix + field.name;
  const required = field.required === 'key' ? 'yes, may be empty' : field.required ? 'yes' : '';
  const own = [`\`${path}\``, required, formatOf(field), remarksOf(field)];
  const inner = field.kind === 'address' ? [] : (field.fields ?? []);
  const isList = field.kind === 'list';
  return [own, ...inner.flatMap((child) => fieldRows(child, `${path}${isList ? '[]' : ''}.`))];
}

function associations({ references, matches, copies, checks = [] }: EntityDefinition): string {
  const lines = [
    ...references.map(
      ({ field, target, soft, whenDataSourceCode }) =>
        `\`${field}\` refers to \`${target}\`` +
        `${whenDataSourceCode ? ` where \`refDatasourceCode\` is \`${whenDataSourceCode}\`` : ''}` +
        `${soft ? '; when it is not known, the row only warns' : ''}.`,
    ),
    ...matches.map(({ field, of, attribute }) => `\`${field}\` must be the \`${attribute}\` of \`${of}\`.`),
    ...copies.map(
      ({ field, of, attribute }) =>
        `\`${field}\` is filled with the \`${attribute}\` of \`${of}\`; a different one warns.`,
    ),
    ...checks.map(({ description, code }) => `${description} (\`${code}\`)`),
  ];
  return lines.length > 0 ? `\n${lines.map((line) => `- ${line}`).join('\n')}\n` : '';
}

function entitySection(definition: EntityDefinition): string {
  const { name, title, description, entityType, dataSourceCode, fields } = definition;
  return `## ${title}: \`${name}\`

${description} Entity type \`${entityType}\`, data source code \`${dataSourceCode}\`, level ${associationLevel(name)}.
${associations(definition)}
${table(
  ['Field', 'Required', 'Stored form', 'Meaning'],
  fields.flatMap((field) => fieldRows(field)),
)}
`;
}

function addressTable(): string {
  const address = careCloudEntities.flatMap(({ fields }) => fields).find(({ kind }) => kind === 'address');
  const rows = (address?.fields ?? []).map((field) => [`\`${field.name}\``, formatOf(field), remarksOf(field)]);
  return table(['Part', 'Stored form', 'Meaning'], rows);
}

const readingRules = `## How values are read

Uploads are read liberally and stored strictly; the same content always gives the same document.

- **Complete records**: every row holds the whole record. An empty value clears the field; empty texts, lists and objects are not stored.
- **Dates**: \`yyyyMMdd\`, \`yyyy-MM-dd\`, \`MM/dd/yyyy\`, \`yyyyMMddHHmmss\` and ISO date-times; the day is taken as written. Days before 1900 are invalid.
- **Times**: \`HH:mm\`, \`HHmm\`, \`h:mm AM\`.
- **Numbers**: \`$\` and thousands commas are dropped; amounts are rounded to cents, with a warning when that changes them. Rates and prices keep their decimals.
- **True and false**: \`true\`/\`false\`, \`1\`/\`0\`, \`yes\`/\`no\`, \`Y\`/\`N\` in any case.
- **Enumerations**: lower case, blanks and underscores become hyphens, usual synonyms are known (\`M\` is \`male\`). An open list stores other values with \`VALUE_UNKNOWN\`; a closed one refuses them with \`INVALID_ENUM\`.
- **Names**: Unicode NFC, blanks collapsed, case kept.
- **Phones**: ten digits after a leading 1 is dropped; others are stored as sent with \`PHONE_UNPARSABLE\`.
- **Addresses**: \`zip\` comes from \`fullZipCode\` when absent, leading zeros are restored, state names become codes. Nothing inside an address keeps a record out.
- **sameAddress**: true copies \`address\` into an empty \`mailAddress\`; when both are there and differ, the mailing address is kept and the flag is set to false (\`VALUE_REPAIRED\`).
- **Objects and lists** in a sync file are JSON; a single object stands for a list of one. Lists of texts are separated by commas or a JSON array.
- **Custom keys** inside \`data\`, \`metadata\` and the other objects pass through untouched, sorted by name. **Custom columns** of a sync file, and unknown top-level keys of a JSON record, are stored at the top level under their own name, after the documented fields; \`id\` and \`modified\` are maintained by the service and ignored.
- **Names of custom keys** may not be empty, hold \`$\` or \`.\`, begin with \`_\` or end with \`_id\`: in row 03 of a file this fails the file (\`FILE_HEADER_INVALID\`), elsewhere the row (\`FIELD_NAME_RESERVED\`).
- Characters that cannot be stored (NUL, half surrogate pairs) are removed with \`VALUE_REPAIRED\`. JSON nested deeper than 32 levels is refused.
`;

function entitiesPage(): string {
  const levels = careCloudEntities.map(({ name, entityType, dataSourceCode, references }) => [
    `\`${name}\``,
    `\`${entityType}\``,
    `\`${dataSourceCode}\``,
    String(associationLevel(name)),
    references.map(({ field, target }) => `\`${field}\` → \`${target}\``).join(', '),
  ]);
  return `${note}

# Entities

Entities are committed level by level: a record goes in after those it refers to.

${table(['Entity', 'Entity type', 'Data source code', 'Level', 'Refers to'], levels)}

${readingRules}
## Address

${addressTable()}

${careCloudEntities.map(entitySection).join('\n')}
${patientSection()}`;
}

/** Patients have a door of their own, and headings in place of field names. */
function patientSection(): string {
  const patient = findEntity('patient');
  if (!patient) throw new Error('No patient definition');
  const rows = patient.fields.map((field) => [
    `\`${field.name}\``,
    [field.title ?? 'none', ...otherHeadingsOf(field.name)].join(', '),
    field.required ? 'yes' : '',
    formatOf(field),
    `${remarksOf(field)}${field.lenient ? ' Left out with a warning when it cannot be read.' : ''}`,
  ]);
  return `## ${patient.title}: \`${patient.name}\`

${patient.description} Patients come as CSV files through Pending Patient Imports only, never as sync file or JSON batch, and
are matched, not keyed: by EHR ID, else by first name, last name, birthday and gender without regard to case and accents.
An empty cell leaves what is stored. Dates are read as \`M/D/YYYY\`, \`MM/DD/YYYY\`, \`YYYY-MM-DD\`; years have four digits.
Headings are read without regard to case, order, blanks, underscores, punctuation and "Patient" in front; the first of each
is that of the template.

${table(['Field', 'Headings', 'Required', 'Stored form', 'Meaning'], rows)}
`;
}

const pages: Readonly<Record<string, () => string>> = { 'errors.md': errorsPage, 'entities.md': entitiesPage };

function main(): void {
  const isCheck = process.argv.includes('--check');
  for (const [name, write] of Object.entries(pages)) {
    const path = join(process.cwd(), 'docs', name);
    if (!isCheck) writeFileSync(path, write());
    else if (readPage(path) !== write()) {
      console.error(`docs/${name} is stale: run npm run docs`);
      process.exitCode = 1;
    }
  }
}

function readPage(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

main();
