import { ehrKey, personKey } from '../normalize/match-key';
import type { EntityDefinition, FieldDefinition, RowCheck } from './definition';
import { patientGender } from './enums';

/** Medications and flags are lists of one kind of cell (data-model E-29); names of medications hold commas. */
const semicolonOrBreak = ';\\n';

function namePair(first: string, last: string, title: string): readonly FieldDefinition[] {
  return [
    {
      name: first,
      kind: 'name',
      title: `${title} First Name`,
      description: `First name of the ${title.toLowerCase()}.`,
    },
    { name: last, kind: 'name', title: `${title} Last Name`, description: `Last name of the ${title.toLowerCase()}.` },
  ];
}

/** One name without the other finds nobody (data-model D.6). Reported where a name is missing. */
function incompletePair(first: string, last: string): readonly RowCheck[] {
  const code = 'INCOMPLETE_NAME_PAIR';
  return [
    {
      fields: [first, last],
      description: `${last} goes with ${first}.`,
      code,
      field: last,
      fails: ([given, family]) => given !== undefined && family === undefined,
    },
    {
      fields: [first, last],
      description: `${first} goes with ${last}.`,
      code,
      field: first,
      fails: ([given, family]) => given === undefined && family !== undefined,
    },
  ];
}

/**
 * Patient of the bulk import (data-model D.3). No CareCloud entity: it comes as CSV through Pending Patient Imports only,
 * and its rows have no key, they are matched (D.4). What is wrong in an optional cell never keeps a patient out: the cell
 * is left out with a warning.
 */
export const patient: EntityDefinition = {
  name: 'patient',
  title: 'Patient',
  entityType: 'patient',
  dataSourceCode: 'patient-csv',
  door: 'patient-import',
  description: 'A patient of a care program, imported in bulk as CSV.',
  fields: [
    { name: 'entityId', kind: 'id', assigned: true, description: 'Key of the patient, given when it is created.' },
    {
      name: 'firstName',
      kind: 'name',
      required: true,
      personal: true,
      title: 'Patient First Name',
      description: 'First name.',
    },
    {
      name: 'lastName',
      kind: 'name',
      required: true,
      personal: true,
      title: 'Patient Last Name',
      description: 'Last name.',
    },
    {
      name: 'birthday',
      kind: 'date',
      required: true,
      past: true,
      personal: true,
      title: 'Patient Birthday',
      description: 'Birthday.',
    },
    {
      name: 'gender',
      ...patientGender,
      required: true,
      personal: true,
      title: 'Patient Gender',
      description: 'Gender.',
    },
    { name: 'ehrId', kind: 'id', personal: true, title: 'EHR ID', description: 'Key of the patient in the EHR.' },
    {
      name: 'ccmEnrollmentDate',
      kind: 'date',
      lenient: true,
      title: 'CCM Enrollment Date',
      description: 'Day of enrollment in chronic care management.',
    },
    ...namePair('careManagerFirstName', 'careManagerLastName', 'Care Manager'),
    ...namePair('physicianFirstName', 'physicianLastName', 'Physician'),
    {
      name: 'homePhone',
      kind: 'phone',
      lenient: true,
      personal: true,
      title: 'Patient Home Phone Number',
      description: 'Phone number at home.',
    },
    {
      name: 'mobilePhone',
      kind: 'phone',
      lenient: true,
      personal: true,
      title: 'Patient Mobile Phone Number',
      description: 'Mobile phone number.',
    },
    {
      name: 'workPhone',
      kind: 'phone',
      lenient: true,
      personal: true,
      title: 'Patient Work Phone Number',
      description: 'Phone number at work.',
    },
    {
      name: 'email',
      kind: 'email',
      lenient: true,
      personal: true,
      title: 'Patient Email Address',
      description: 'E-mail address.',
    },
    { name: 'street', kind: 'name', personal: true, title: 'Patient Street', description: 'Street and number.' },
    { name: 'city', kind: 'name', personal: true, title: 'Patient City', description: 'City.' },
    {
      name: 'state',
      kind: 'state',
      lenient: true,
      personal: true,
      title: 'Patient State',
      description: 'Two-letter code; full names are read.',
    },
    {
      name: 'zip',
      kind: 'zip',
      zipOf: 'state',
      lenient: true,
      personal: true,
      title: 'Patient Zip Code',
      description: 'Five digits; a leading zero that a spreadsheet dropped is put back when the state says so.',
    },
    { name: 'notes', kind: 'string', personal: true, title: 'Notes', description: 'Notes; may hold line breaks.' },
    {
      name: 'medicareId',
      kind: 'mbi',
      personal: true,
      title: 'Medicare ID',
      description: 'Medicare Beneficiary Identifier, 11 characters.',
    },
    {
      name: 'medicareEnrollmentDate',
      kind: 'date',
      lenient: true,
      title: 'Medicare Enrollment Date',
      description: 'Day of enrollment in Medicare.',
    },
    {
      name: 'icd10Codes',
      kind: 'strings',
      separators: ',;\\n',
      items: 'icd10',
      personal: true,
      title: 'ICD10 Code',
      description: 'ICD-10-CM codes, separated by semicolons; what does not have their form is left out.',
    },
    {
      name: 'primaryInsurance',
      kind: 'name',
      personal: true,
      title: 'Primary Insurance',
      description: 'Primary insurance.',
    },
    {
      name: 'primaryPolicyId',
      kind: 'string',
      personal: true,
      title: 'Primary Insurance Policy ID',
      description: 'Policy of the primary insurance.',
    },
    {
      name: 'secondaryInsurance',
      kind: 'name',
      personal: true,
      title: 'Secondary Insurance',
      description: 'Secondary insurance.',
    },
    {
      name: 'riskLevel',
      kind: 'name',
      personal: true,
      title: 'Risk Level',
      description: 'Risk level in the words of the practice.',
    },
    {
      name: 'riskScore',
      kind: 'number',
      lenient: true,
      personal: true,
      title: 'Risk Score',
      description: 'Risk score.',
    },
    {
      name: 'flags',
      kind: 'strings',
      separators: semicolonOrBreak,
      personal: true,
      title: 'Patient Flags',
      description: 'Flags, separated by semicolons.',
    },
    { name: 'department', kind: 'name', title: 'Department', description: 'Department of the practice.' },
    { name: 'language', kind: 'name', personal: true, title: 'Language', description: 'Preferred language.' },
    {
      name: 'medications',
      kind: 'strings',
      separators: semicolonOrBreak,
      personal: true,
      title: 'Medications',
      description: 'Medications, separated by semicolons.',
    },
  ],
  references: [],
  exposes: {},
  copies: [],
  matches: [],
  checks: [
    ...incompletePair('careManagerFirstName', 'careManagerLastName'),
    ...incompletePair('physicianFirstName', 'physicianLastName'),
  ],
  matchKeys: [
    { name: 'ehr', fields: ['ehrId'], key: ([ehrId]) => ehrKey(ehrId) },
    {
      name: 'person',
      fields: ['firstName', 'lastName', 'birthday', 'gender'],
      key: ([firstName, lastName, birthday, gender]) => personKey(firstName, lastName, birthday, gender),
    },
  ],
};
