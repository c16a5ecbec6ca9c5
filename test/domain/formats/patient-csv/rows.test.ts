import assert from 'node:assert/strict';
import { rowCodes, severityOf } from '../../../../src/domain/codes';
import {
  compilePatientPreparer,
  patientMessage,
  writeTemplateExample,
} from '../../../../src/domain/formats/patient-csv';
import { context, planOf, requiredHeadings, rowsOf } from './support';

interface Read {
  values: Record<string, unknown> | null;
  problems: string[];
}

/** What one patient with these cells beside the required ones becomes. */
function read(cells: Readonly<Record<string, string>>): Read {
  const all: Record<string, string> = {
    firstName: 'Ann',
    lastName: 'Lee',
    birthday: '1/2/1950',
    gender: 'F',
    ...cells,
  };
  const line = Object.values(all).map((cell) => `"${cell.replaceAll('"', '""')}"`);
  const [row] = rowsOf(`${Object.keys(all).join(',')}\n${line.join(',')}\n`).values();
  assert.ok(row);
  return {
    values: row.document === null ? null : (JSON.parse(row.document) as Record<string, unknown>),
    problems: row.problems.map(({ code, field }) => `${code} ${field}`),
  };
}

describe('a required cell of a patient', () => {
  const cases: readonly [string, string, string | null, string?][] = [
    ['firstName', '  Mary   Ann ', 'Mary Ann'],
    ['firstName', 'Alice368', 'Alice368'],
    ['firstName', '', null, 'REQUIRED_MISSING'],
    ['lastName', ' ', null, 'REQUIRED_MISSING'],
    ['birthday', '7/4/1951', '19510704'],
    ['birthday', '07/04/1951', '19510704'],
    ['birthday', '1951-07-04', '19510704'],
    ['birthday', '19510704', '19510704'],
    ['birthday', '1/15/2026', '20260115'],
    ['birthday', '1/16/2026', null, 'INVALID_DATE'],
    ['birthday', '07/04/51', null, 'INVALID_DATE'],
    ['birthday', '02/30/1990', null, 'INVALID_DATE'],
    ['birthday', 'July 4, 1951', null, 'INVALID_DATE'],
    ['birthday', '13/07/1951', null, 'INVALID_DATE'],
    ['gender', 'Female', 'female'],
    ['gender', ' MALE ', 'male'],
    ['gender', 'm', 'male'],
    ['gender', 'F', 'female'],
    ['gender', 'Q', null, 'INVALID_ENUM'],
  ];
  for (const [field, cell, expected, code] of cases) {
    it(`${field} ${JSON.stringify(cell)} ${code ? `is errored as ${code}` : `is read as ${expected}`}`, () => {
      const { values, problems } = read({ [field]: cell });
      assert.deepEqual(problems, code ? [`${code} ${field}`] : []);
      assert.equal(values?.[field] ?? null, expected);
    });
  }
});

describe('an optional cell of a patient', () => {
  const cases: readonly [Record<string, string>, Record<string, unknown>, ...string[]][] = [
    [{ homePhone: '(402) 555-0134' }, { homePhone: '402-555-0134' }],
    [{ homePhone: '+1 402.555.0134' }, { homePhone: '402-555-0134' }],
    [{ homePhone: '12' }, {}, 'PHONE_UNPARSABLE homePhone'],
    [{ email: ' Ann@Example.ORG ' }, { email: 'ann@example.org' }],
    [{ email: 'ann at home' }, {}, 'EMAIL_INVALID email'],
    [
      { state: 'nebraska', zip: '68504' },
      { state: 'NE', zip: '68504' },
    ],
    [
      { state: 'NE', zip: '00000' },
      { state: 'NE', zip: '00000' },
    ],
    [{ state: 'Massachusetts', zip: '1104' }, { state: 'MA', zip: '01104' }, 'VALUE_REPAIRED zip'],
    [{ zip: '1104-0012', state: 'ma' }, { state: 'MA', zip: '01104' }, 'VALUE_REPAIRED zip'],
    [{ state: 'PR', zip: '901' }, { state: 'PR', zip: '00901' }, 'VALUE_REPAIRED zip'],
    [{ state: 'NE', zip: '6850' }, { state: 'NE' }, 'VALUE_LEFT_OUT zip'],
    [{ zip: '1104' }, {}, 'VALUE_LEFT_OUT zip'],
    [
      { state: 'NE', zip: '68504-1234' },
      { state: 'NE', zip: '68504' },
    ],
    [{ state: 'Nowhere' }, {}, 'VALUE_LEFT_OUT state'],
    [{ ccmEnrollmentDate: '1/15/2026' }, { ccmEnrollmentDate: '20260115' }],
    [{ ccmEnrollmentDate: '1/15/2030' }, { ccmEnrollmentDate: '20300115' }],
    [{ ccmEnrollmentDate: 'soon' }, {}, 'VALUE_LEFT_OUT ccmEnrollmentDate'],
    [{ icd10Code: 'e119; I10' }, { icd10Codes: ['E11.9', 'I10'] }],
    [{ icd10Code: 'J45.909;I10;I10' }, { icd10Codes: ['J45.909', 'I10'] }],
    [{ icd10Code: 'C4A.0, O9A.111' }, { icd10Codes: ['C4A.0', 'O9A.111'] }],
    [{ icd10Code: 'banana' }, {}, 'INVALID_ICD10 icd10Codes'],
    [{ icd10Code: 'E11.9;banana' }, { icd10Codes: ['E11.9'] }, 'INVALID_ICD10 icd10Codes'],
    [{ medications: 'Aspirin, 81 MG; ;Iron' }, { medications: ['Aspirin, 81 MG', 'Iron'] }],
    [{ flags: 'Fall risk;Diet' }, { flags: ['Fall risk', 'Diet'] }],
    [{ medicareId: '1eg4-te5-mk73' }, { medicareId: '1EG4TE5MK73' }],
    [{ medicareId: '123456789A' }, { medicareId: '123456789A' }, 'VALUE_UNKNOWN medicareId'],
    [{ riskScore: '77.5' }, { riskScore: 77.5 }],
    [{ riskScore: 'high' }, {}, 'VALUE_LEFT_OUT riskScore'],
    [{ notes: 'a\r\nb' }, { notes: 'a\nb' }],
    [
      { physicianFirstName: 'Lee', physicianLastName: 'Ito' },
      { physicianFirstName: 'Lee', physicianLastName: 'Ito' },
    ],
    [{ physicianFirstName: 'Lee' }, { physicianFirstName: 'Lee' }, 'INCOMPLETE_NAME_PAIR physicianLastName'],
    [{ careManagerLastName: 'Ito' }, { careManagerLastName: 'Ito' }, 'INCOMPLETE_NAME_PAIR careManagerFirstName'],
    [{ ehrId: ' A 1 ', language: '' }, { ehrId: 'A 1' }],
  ];
  for (const [cells, expected, ...codes] of cases) {
    it(`${JSON.stringify(cells)} becomes ${JSON.stringify(expected)}${codes.length > 0 ? ` with ${codes.join()}` : ''}`, () => {
      const { values, problems } = read(cells);
      assert.deepEqual(problems, codes);
      const required = { firstName: 'Ann', lastName: 'Lee', birthday: '19500102', gender: 'female' };
      assert.deepEqual(values, { ...required, ...expected });
    });
  }
});

describe('a row of a patient file', () => {
  const file = (row: string): string => `${requiredHeadings},EHR ID,Notes\n${row}\n`;

  it('that is shorter than the header lacks its last cells', () => {
    const row = rowsOf(file('Ann,Lee,1/2/1950,F')).get(2);
    assert.deepEqual(row?.problems, []);
    assert.equal(row?.document, '{"firstName":"Ann","lastName":"Lee","birthday":"19500102","gender":"female"}');
  });

  it('that is longer than the header is malformed, unless nothing is in its last cells', () => {
    assert.deepEqual(rowsOf(file('Ann,Lee,1/2/1950,F,,, ,,')).get(2)?.problems, []);
    const row = rowsOf(file('Ann,Lee,1/2/1950,F,,a note, with a comma')).get(2);
    assert.deepEqual([row?.document, row?.problems], [null, [{ code: 'ROW_MALFORMED', field: null }]]);
    assert.equal(row?.columns.length, 2);
  });

  it('has no key of its own, but what it is matched by', () => {
    const row = rowsOf(file('Renée, DE  la Cruz,1/2/1950,F,X-1,')).get(2);
    assert.equal(row?.entityId, null);
    assert.deepEqual(row?.columns, ['X-1', 'renee|de la cruz|19500102|female']);
    assert.deepEqual(rowsOf(file('Ann,Lee,1/2/1950,F,,')).get(2)?.columns[0], null);
    assert.deepEqual(rowsOf(file('Ann,Lee,1/2/2050,F,X-1,')).get(2)?.columns, [null, null]);
  });
});

describe('the messages of a results file', () => {
  const { header } = planOf('first_name,Last Name,Birthday,Sex\nAnn,Lee,1/2/1950,F\n');

  it('name columns as the file does, else as the template', () => {
    assert.match(patientMessage({ code: 'INVALID_ENUM', field: 'gender' }, header), /^INVALID_ENUM: Sex is none/);
    assert.match(patientMessage({ code: 'INVALID_ENUM', field: 'gender' }), /^INVALID_ENUM: Patient Gender is none/);
    assert.match(patientMessage({ code: 'DUPLICATE_IN_FILE', field: null, line: 7 }), /in line 7 of this file/);
  });

  for (const code of Object.keys(rowCodes)) {
    it(`are one plain sentence for ${code}`, () => {
      const message = patientMessage({ code, field: 'birthday', line: 3 }, header);
      assert.ok(message.startsWith(`${code}: `));
      // Several are joined by "; ".
      assert.doesNotMatch(message, /;|\{|yyyyMMdd|\n|undefined/);
      assert.match(message, /[^.]\.$/);
    });
  }

  it('say nothing of what a cell holds', () => {
    const { columns } = planOf(writeTemplateExample()).header;
    const word = 'Zqcanary@x';
    const header = { columns };
    for (const wrong of columns.map((_, place) => place)) {
      const cells = columns.map((_, place) =>
        place < 4 && place !== wrong ? ['Ann', 'Lee', '1/2/1950', 'F'][place]! : word,
      );
      const { problems } = compilePatientPreparer(header, context)(cells);
      assert.ok(problems.length > 0);
      for (const problem of problems) assert.doesNotMatch(patientMessage(problem, header), /canary/i);
    }
  });

  it('only inform where the row goes in', () => {
    const errors = [
      'ROW_MALFORMED',
      'REQUIRED_MISSING',
      'INVALID_DATE',
      'INVALID_ENUM',
      'INVALID_KEY',
      'PATIENT_AMBIGUOUS',
    ];
    for (const code of errors) assert.equal(severityOf(code), 'error', code);
    for (const code of ['VALUE_LEFT_OUT', 'INVALID_ICD10', 'INCOMPLETE_NAME_PAIR', 'DUPLICATE_IN_FILE', 'NO_CHANGES']) {
      assert.equal(severityOf(code), 'warning', code);
    }
  });
});
