import { patient } from '../../entities/patient';

/** Headings beside those of the template, in the words of other exports. One table: a new spelling is one word here. */
const otherHeadings: Readonly<Record<string, readonly string[]>> = {
  firstName: ['given name', 'first'],
  lastName: ['surname', 'family name', 'last'],
  birthday: ['birth date', 'date of birth', 'dob', 'birth day'],
  gender: ['sex'],
  ehrId: ['ehr', 'ehr number', 'mrn', 'medical record number', 'emr id'],
  ccmEnrollmentDate: ['ccm enrolled', 'ccm enrollment', 'enrollment date'],
  careManagerFirstName: ['care manager first'],
  careManagerLastName: ['care manager last'],
  physicianFirstName: ['physician first', 'provider first name', 'doctor first name'],
  physicianLastName: ['physician last', 'provider last name', 'doctor last name'],
  homePhone: ['home phone', 'phone', 'phone number', 'telephone', 'home telephone'],
  mobilePhone: ['mobile phone', 'mobile', 'cell phone', 'cell phone number', 'cell'],
  workPhone: ['work phone', 'work telephone'],
  email: ['email', 'e mail', 'e mail address'],
  street: ['street address', 'address', 'address street', 'address 1', 'address line 1'],
  city: ['address city', 'town'],
  state: ['address state'],
  zip: ['zip', 'postal code', 'address zip code', 'address zip'],
  notes: ['note', 'comment', 'comments'],
  medicareId: ['mbi', 'medicare number', 'medicare beneficiary identifier'],
  medicareEnrollmentDate: ['medicare enrollment'],
  icd10Codes: ['icd10', 'icd 10 codes', 'icd10 code s', 'diagnosis codes', 'diagnosis code'],
  primaryInsurance: ['insurance', 'primary insurance name'],
  primaryPolicyId: ['primary policy id', 'policy id', 'primary policy number', 'policy number'],
  secondaryInsurance: ['secondary insurance name'],
  flags: ['flag'],
  language: ['preferred language'],
  medications: ['medication', 'medication list'],
};

/** Other headings that are read as a field, for the documentation. */
export function otherHeadingsOf(field: string): readonly string[] {
  return otherHeadings[field] ?? [];
}

/** Columns of a results file. A results file that is dropped again is read without them. */
export const resultHeadings = ['Result', 'Messages'] as const;

/** A heading without what need not be the same: case, blanks, underscores, punctuation, and "Patient" before it. */
function plain(heading: string): string {
  const letters = heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  return letters.length > 'patient'.length ? letters.replace(/^patient/, '') : letters;
}

const fieldOf: ReadonlyMap<string, string> = new Map(
  patient.fields.flatMap(({ name, title }) =>
    title === undefined
      ? []
      : [title, name, ...(otherHeadings[name] ?? [])].map((heading) => [plain(heading), name] as const),
  ),
);

const ownColumns: ReadonlySet<string> = new Set(resultHeadings.map(plain));

/** What a heading stands for: a field of the patient, a column of our own results, or nothing that we know. */
export function recogniseHeading(heading: string): { type: 'field' | 'results' | 'unknown'; name: string } {
  const key = plain(heading);
  const name = fieldOf.get(key);
  if (name !== undefined) return { type: 'field', name };
  return { type: ownColumns.has(key) ? 'results' : 'unknown', name: '' };
}

/** Heading of a field in the template; the name itself when it has none. */
export function templateHeading(field: string): string {
  return patient.fields.find(({ name }) => name === field)?.title ?? field;
}
