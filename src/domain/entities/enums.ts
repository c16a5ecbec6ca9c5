import type { FieldDefinition } from './definition';

/** Values and accepted spellings of an enumeration (data-model A.0.5); synonyms are looked up after slugging (A.11). */
type Enumeration = Pick<FieldDefinition, 'values' | 'open' | 'synonyms'> & { kind: 'enum' };

export const entityStatus: Enumeration = {
  kind: 'enum',
  values: ['new', 'pending', 'active', 'inactive', 'void'],
  synonyms: { voided: 'void' },
};

export const claimStatus: Enumeration = {
  kind: 'enum',
  values: ['new', 'pending', 'active', 'received', 'processed', 'returned', 'void'],
  synonyms: { voided: 'void' },
};

export const paymentStatus: Enumeration = {
  kind: 'enum',
  values: ['new', 'pending', 'active', 'processed', 'void'],
  synonyms: { voided: 'void' },
};

export const providerType: Enumeration = {
  kind: 'enum',
  values: ['licensed-center', 'infant-center', 'school', 'family'],
};

export const careType: Enumeration = {
  kind: 'enum',
  values: ['interim', 'day-care', 'fcch'],
  open: true,
  synonyms: { daycare: 'day-care' },
};

export const claimType: Enumeration = { kind: 'enum', values: ['normal', 'adjustment'] };

export const familyType: Enumeration = {
  kind: 'enum',
  values: ['biological', 'foster', 'guardianship'],
  open: true,
};

/** Of a patient: closed, for patients are recognised by it (data-model D.3, D.4). */
export const patientGender: Enumeration = {
  kind: 'enum',
  values: ['male', 'female'],
  synonyms: { m: 'male', f: 'female' },
};

export const gender: Enumeration = { ...patientGender, open: true };

export const ethnicity: Enumeration = {
  kind: 'enum',
  values: ['hispanic-latino', 'no-hispanic-latino'],
  synonyms: {
    hispanic: 'hispanic-latino',
    latino: 'hispanic-latino',
    'hispanic-or-latino': 'hispanic-latino',
    'non-hispanic': 'no-hispanic-latino',
    'not-hispanic': 'no-hispanic-latino',
    'non-hispanic-latino': 'no-hispanic-latino',
    'not-hispanic-latino': 'no-hispanic-latino',
    'not-hispanic-or-latino': 'no-hispanic-latino',
  },
};

export const race: Enumeration = {
  kind: 'enum',
  values: ['caucasian', 'asian', 'american-indian', 'black', 'pacific-islander', 'other'],
  synonyms: {
    white: 'caucasian',
    'african-american': 'black',
    'black-or-african-american': 'black',
    'native-american': 'american-indian',
    'american-indian-or-alaska-native': 'american-indian',
    'native-hawaiian-or-other-pacific-islander': 'pacific-islander',
  },
};

export const relationship: Enumeration = {
  kind: 'enum',
  values: ['son', 'daughter', 'father', 'mother', 'foster-child', 'grandparent', 'guardian', 'other'],
  open: true,
};

export const scheduleType: Enumeration = { kind: 'enum', values: ['normal', 'school'], open: true };

export const ratePeriod: Enumeration = {
  kind: 'enum',
  values: ['hourly', 'daily', 'weekly', 'monthly'],
  open: true,
  synonyms: { hour: 'hourly', day: 'daily', week: 'weekly', month: 'monthly' },
};

export const fullOrPartTime: Enumeration = {
  kind: 'enum',
  values: ['full-time', 'part-time'],
  open: true,
  synonyms: { fulltime: 'full-time', ft: 'full-time', parttime: 'part-time', pt: 'part-time' },
};

export const childCategory: Enumeration = { kind: 'enum', values: ['infant', '2-5', '6+'], open: true };

export const licenseStatus: Enumeration = { kind: 'enum', values: ['licensed', 'closed'] };

export const noteAction: Enumeration = { kind: 'enum', values: ['system', 'comment', 'activity'], open: true };
