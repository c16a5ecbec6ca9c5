import type { FieldDefinition } from './definition';

/*
 * The attendance submission of a claim (data-model A.7). The documentation has two forms of it: its example puts sums and
 * version inside `body`, its table beside it (E-16), and some keys are misspelt in the example. It is stored as in the
 * example, which is how it really comes. Amounts and sums pass through untouched: they come as numbers, as texts, or null.
 */

/** Sums of a day, of a week and of the month, by the names that the three share. */
export const sumNames = [
  'totaldays',
  'nhtotaldays',
  'ahtotaldays',
  'thtotalhours',
  'nhtotalhours',
  'ahtotalhours',
  'satotalhours',
  'sutotalhours',
  'totalabsence',
] as const;

const meanings: Readonly<Record<(typeof sumNames)[number], string>> = {
  totaldays: 'Days attended.',
  nhtotaldays: 'Days, nh.',
  ahtotaldays: 'Days, ah.',
  thtotalhours: 'Hours attended.',
  nhtotalhours: 'Hours, nh.',
  ahtotalhours: 'Hours, ah.',
  satotalhours: 'Hours on Saturdays.',
  sutotalhours: 'Hours on Sundays.',
  totalabsence: 'Days of absence.',
};

const sums: readonly FieldDefinition[] = sumNames.map((name) => ({
  name,
  kind: 'free',
  description: meanings[name],
}));

export const weekNames = ['wk1', 'wk2', 'wk3', 'wk4', 'wk5', 'wk6'] as const;

const signInOut: readonly FieldDefinition[] = [
  { name: 'signin', kind: 'timestamp', personal: true, description: 'Arrival, `yyyyMMdd hh:mm AM`.' },
  { name: 'signout', kind: 'timestamp', personal: true, description: 'Departure, `yyyyMMdd hh:mm PM`.' },
  { name: 'signInId', kind: 'string', description: 'Id of the arrival.' },
  { name: 'signOutId', kind: 'string', description: 'Id of the departure.' },
  { name: 'comment', kind: 'string', personal: true, description: 'Comment of the time clock.' },
];

const days: readonly FieldDefinition[] = [
  { name: 'attendancedate', kind: 'date', description: 'The day.' },
  { name: 'isabsence', kind: 'bool', description: 'Whether the child was absent.' },
  { name: 'absencetype', kind: 'string', description: 'Kind of absence.' },
  { name: 'signinout', kind: 'list', fields: signInOut, description: 'Arrivals and departures, in no order.' },
  { name: 'comment', kind: 'string', personal: true, description: 'Comment.' },
  { name: 'dailysummary', kind: 'object', fields: sums, description: 'Sums of the day.' },
];

const summary: readonly FieldDefinition[] = [...weekNames, 'month'].map((name) => ({
  name,
  kind: 'object',
  fields: sums,
  description: name === 'month' ? 'Sums of the month.' : `Sums of week ${name.slice(2)}, Sunday to Saturday.`,
}));

const body: readonly FieldDefinition[] = [
  { name: 'claimid', kind: 'string', description: 'Claim, by the number of its own system.' },
  { name: 'invocieamount', kind: 'free', aliases: ['invoiceamount'], description: 'Amount of the invoice.' },
  { name: 'familyfee', kind: 'free', description: 'What the family pays.' },
  { name: 'comment', kind: 'string', personal: true, description: 'Comment.' },
  {
    name: 'attendanceinfo',
    kind: 'list',
    fields: days,
    description: 'One entry for each day of attendance or absence; days without care are missing.',
  },
  { name: 'summary', kind: 'object', fields: summary, description: 'Sums of the weeks and the month.' },
  { name: 'version', kind: 'string', description: 'Version of the form.' },
  { name: 'versiondate', kind: 'timestamp', description: 'When that version was made, `yyyyMMddHHmmss`.' },
  { name: 'DigitalSubmission', kind: 'string', description: '`1` when it was submitted on a device.' },
  { name: 'SubmitDate', kind: 'timestamp', description: 'When it was submitted, `yyyyMMddHHmmss`.' },
  {
    name: 'MissingDailySiguature',
    kind: 'string',
    aliases: ['MissingDailySignature'],
    description: '`1` when signatures of days are missing.',
  },
  {
    name: 'MissingConfirmSiguature',
    kind: 'string',
    aliases: ['MissingConfirmSignature'],
    description: '`1` when the closing signature is missing.',
  },
];

/** A key of the body is also read where the table has it: beside `body`. */
const readBeside = (field: FieldDefinition): FieldDefinition => ({
  ...field,
  outerAliases: [field.name, ...(field.aliases ?? [])],
});

/** The field `attendance` of a claim attendance. */
export const attendance: FieldDefinition = {
  name: 'attendance',
  kind: 'object',
  personal: true,
  description: 'What was submitted.',
  fields: [
    {
      name: 'header',
      kind: 'object',
      description: 'Where it comes from.',
      fields: [
        { name: 'agencycode', kind: 'string', description: 'Agency.' },
        { name: 'type', kind: 'string', description: 'The constant `attendance`.' },
        { name: 'createtime', kind: 'string', description: 'When it was made, `yyyyMMdd`.' },
      ],
    },
    { name: 'body', kind: 'object', fields: body.map(readBeside), description: 'The days and their sums.' },
    {
      name: 'footer',
      kind: 'object',
      description: 'End of the document.',
      fields: [{ name: 'crc', kind: 'string', description: 'Check sum.' }],
    },
  ],
};
