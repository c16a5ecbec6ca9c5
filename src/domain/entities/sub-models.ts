import { childCategory, entityStatus, fullOrPartTime, licenseStatus, ratePeriod, scheduleType } from './enums';
import type { FieldDefinition, RowCheck } from './definition';

/** Address (data-model A.0.4). Its parts only ever warn: a wrong zip must not keep a family out. */
export const addressFields: readonly FieldDefinition[] = [
  { name: 'zip', kind: 'zip', description: 'Five digits; derived from fullZipCode when absent.' },
  { name: 'state', kind: 'state', description: 'Two-letter code; full names are read.' },
  { name: 'city', kind: 'name', description: 'City.' },
  { name: 'address1', kind: 'name', description: 'Street and number.' },
  { name: 'address2', kind: 'name', description: 'Unit or suite.' },
  { name: 'county', kind: 'name', description: 'County.' },
  { name: 'fullZipCode', kind: 'fullZip', description: 'ZIP+4, `#####-####`.' },
  { name: 'longitude', kind: 'number', range: [-180, 180], description: 'Degrees.' },
  { name: 'latitude', kind: 'number', range: [-90, 90], description: 'Degrees.' },
  { name: 'fips', kind: 'fips', description: 'FIPS code, five digits with leading zero.' },
];

/** Address and mailing address with the sameAddress rule (data-model A.11). */
export function addressPair(required?: true): readonly FieldDefinition[] {
  return [
    {
      name: 'address',
      kind: 'address',
      fields: addressFields,
      personal: true,
      description: 'Physical address.',
      ...(required && { required }),
    },
    {
      name: 'mailAddress',
      kind: 'address',
      fields: addressFields,
      personal: true,
      copiedFrom: { field: 'address', when: 'sameAddress' },
      description: 'Mailing address.',
    },
    { name: 'sameAddress', kind: 'bool', description: 'Whether mail goes to the physical address.' },
  ];
}

const freeData: FieldDefinition = { name: 'data', kind: 'object', description: 'Custom attributes.' };
const comment: FieldDefinition = { name: 'comment', kind: 'string', personal: true, description: 'Comment.' };

/** License of a provider (data-model A.3). */
export const licenseFields: readonly FieldDefinition[] = [
  { name: 'number', kind: 'string', description: 'License number.' },
  { name: 'name', kind: 'name', description: 'Name on the license.' },
  { name: 'capacity', kind: 'number', description: 'Children that may be cared for.' },
  { name: 'startDate', kind: 'date', description: 'First day of the license.' },
  { name: 'closeDate', kind: 'date', description: 'Last day of the license.' },
  { name: 'status', ...licenseStatus, description: 'State of the license.' },
  { name: 'insuranceAffidavit', kind: 'string', description: 'Insurance affidavit.' },
  { name: 'minAge', kind: 'string', description: 'Lowest age.' },
  { name: 'maxAge', kind: 'string', description: 'Highest age.' },
  comment,
  freeData,
];

/** Rate of a provider (data-model A.3). */
export const providerRateFields: readonly FieldDefinition[] = [
  { name: 'name', kind: 'name', description: 'Name of the rate.' },
  { name: 'childCategory', ...childCategory, description: 'Age group.' },
  { name: 'rateCategory', ...fullOrPartTime, description: 'Full or part time.' },
  { name: 'startDate', kind: 'date', description: 'First day of the rate.' },
  { name: 'endDate', kind: 'date', description: 'Last day of the rate.' },
  { name: 'hourly', kind: 'number', description: 'Dollars an hour.' },
  { name: 'daily', kind: 'number', description: 'Dollars a day.' },
  { name: 'weekly', kind: 'number', description: 'Dollars a week.' },
  { name: 'monthly', kind: 'number', description: 'Dollars a month.' },
  { name: 'status', ...entityStatus, description: 'State of the rate.' },
  comment,
  freeData,
];

/** Rate of a care (data-model A.4); the page's example writes rateType and amount instead (E-14). */
export const careRateFields: readonly FieldDefinition[] = [
  { name: 'startDate', kind: 'date', description: 'Day from which the rate applies.' },
  { name: 'endDate', kind: 'date', description: 'Last day of the rate.' },
  { name: 'childCategory', ...childCategory, description: 'Age group.' },
  { name: 'typeFT', ...ratePeriod, aliases: ['rateType'], description: 'Period of the full-time rate.' },
  { name: 'rateFT', kind: 'number', aliases: ['amount'], description: 'Full-time rate in dollars.' },
  { name: 'typePT', ...ratePeriod, description: 'Period of the part-time rate.' },
  { name: 'ratePT', kind: 'number', description: 'Part-time rate in dollars.' },
  { name: 'description', kind: 'string', description: 'Description.' },
  { name: 'metadata', kind: 'object', description: 'Key/value pairs.' },
];

/** Family fee of a care (data-model A.4). */
export const familyFeeFields: readonly FieldDefinition[] = [
  { name: 'startDate', kind: 'date', description: 'First day of the fee.' },
  { name: 'endDate', kind: 'date', description: 'Last day of the fee.' },
  { name: 'type', ...fullOrPartTime, description: 'Full or part time.' },
  { name: 'quantity', kind: 'number', description: 'Hours a month.' },
  { name: 'description', kind: 'string', description: 'Description.' },
];

const slotFields: readonly FieldDefinition[] = [
  { name: 'timeIn', kind: 'time', description: 'Arrival, HH:mm.' },
  { name: 'timeOut', kind: 'time', description: 'Departure, HH:mm.' },
];

const weekDays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Schedule of a care (data-model A.4). */
export const scheduleFields: readonly FieldDefinition[] = [
  { name: 'type', ...scheduleType, description: 'Whether it applies in or out of school time.' },
  { name: 'category', kind: 'string', description: 'Category.' },
  { name: 'description', kind: 'string', description: 'Description.' },
  {
    name: 'schedule',
    kind: 'object',
    description: 'Time slots by day of the week.',
    fields: weekDays.map((name) => ({ name, kind: 'list', fields: slotFields, description: `Slots of ${name}.` })),
  },
];

/** Item of a claim (data-model A.5). */
export const claimItemFields: readonly FieldDefinition[] = [
  { name: 'startDate', kind: 'date', description: 'First day.' },
  { name: 'endDate', kind: 'date', description: 'Last day.' },
  { name: 'rateType', ...ratePeriod, description: 'Period of the rate.' },
  { name: 'rateCategory', ...childCategory, description: 'Age group.' },
  { name: 'price', kind: 'number', description: 'Dollars a period.' },
  { name: 'quantity', kind: 'number', description: 'Number of periods.' },
  { name: 'amount', kind: 'money', description: 'Price times quantity.' },
  { name: 'description', kind: 'string', description: 'Description.' },
];

/** Item of a payment (data-model A.6); the page's example writes itemCode and unitPrice instead (E-15). */
export const paymentItemFields: readonly FieldDefinition[] = [
  { name: 'category', kind: 'string', aliases: ['itemCode'], description: 'What is paid.' },
  { name: 'price', kind: 'number', aliases: ['unitPrice'], description: 'Dollars a unit.' },
  { name: 'quantity', kind: 'number', description: 'Number of units.' },
  { name: 'amount', kind: 'money', description: 'Amount in dollars.' },
  freeData,
  { name: 'description', kind: 'string', description: 'Description.' },
];

/** A period may not end before it begins (data-model A.4, A.5). */
export const dateRange: RowCheck = {
  fields: ['startDate', 'endDate'],
  description: 'endDate is not before startDate.',
  code: 'DATE_RANGE_INVALID',
  field: 'endDate',
  fails: ([start, end]) => typeof start === 'string' && typeof end === 'string' && end < start,
};
