import assert from 'node:assert/strict';
import { patient } from '../../../../src/domain/entities/patient';
import { columnMessages, patientMessage, writeTemplate } from '../../../../src/domain/formats/patient-csv';
import { planOf, problemOf, recordsOf, requiredHeadings, rowsOf } from './support';

/** What the columns of a header row are read as. */
function fieldsOf(header: string, delimiter = ','): string[] {
  const row = ['Ann', 'Lee', '1/2/1950', 'F'].join(delimiter);
  return planOf(`${header}\n${row}\n`).header.columns.map(({ name, type }) => (type === 'field' ? name : type));
}

describe('the headings of a patient file', () => {
  const all = patient.fields.filter(({ title }) => title).map(({ name }) => name);

  it('are those of the template', () => {
    assert.deepEqual(fieldsOf(writeTemplate().trim()), all);
  });

  it('are read as the keys of the data model too', () => {
    const keys =
      'first_name,last_name,birthday,gender,ehr_id,ccm_enrollment_date,care_manager_first_name,care_manager_last_name,' +
      'physician_first_name,physician_last_name,home_phone,mobile_phone,work_phone,email,street,city,state,zip,notes,' +
      'medicare_id,medicare_enrollment_date,icd10_code,primary_insurance,primary_policy_id,secondary_insurance,' +
      'risk_level,risk_score,patient_flags,department,language,medications';
    assert.deepEqual(fieldsOf(keys), all);
  });

  const required = ['firstName', 'lastName', 'birthday', 'gender'];
  for (const header of [
    'PATIENT FIRST NAME,patient last name,Patient_Birthday,patient-gender',
    'First Name,Last Name,Birthday,Sex',
    ' first  name ,Last.Name,DOB,Patient Sex:',
    'FirstName,LastName,Date of Birth,gender',
    'patientFirstName,patientLastName,PatientDateOfBirth,PatientSex',
    '"First\nName",Surname,Birth Date,Sex',
  ]) {
    it(`are read without regard to how they are written: ${JSON.stringify(header)}`, () => {
      assert.deepEqual(fieldsOf(header), required);
    });
  }

  it('may stand in any order', () => {
    const [row] = rowsOf('Zip,Sex,Last Name,State,First Name,DOB\n68504,F,Lee,NE,Ann,1/2/1950\n').values();
    const { firstName, lastName, gender, zip } = JSON.parse(row?.document ?? '{}') as Record<string, string>;
    assert.deepEqual([firstName, lastName, gender, zip], ['Ann', 'Lee', 'female', '68504']);
  });

  it('other than these are not read, and told of once', () => {
    const { header } = planOf(`${requiredHeadings},Shoe Size,,Pets; other\nAnn,Lee,1/2/1950,F,38,x,2\n`);
    assert.deepEqual(columnMessages(header), [
      'COLUMN_UNKNOWN: The column Shoe Size is not known and was not read.',
      'COLUMN_UNKNOWN: The column Pets, other is not known and was not read.',
    ]);
    const [row] = rowsOf(`${requiredHeadings},Shoe Size,modified\nAnn,Lee,1/2/1950,F,38,x\n`).values();
    assert.doesNotMatch(row?.document ?? '', /38|hoe|odified/);
    assert.deepEqual(row?.problems, []);
  });

  it('of an earlier results file are known, and not read', () => {
    assert.deepEqual(fieldsOf(`${requiredHeadings},Result,Messages`), [...required, 'results', 'results']);
  });

  it('Result or Messages alone is a column of the sender', () => {
    assert.deepEqual(fieldsOf(`${requiredHeadings},Result`), [...required, 'unknown']);
    assert.deepEqual(fieldsOf(`Messages,${requiredHeadings}`), ['unknown', ...required]);
  });

  it('are read as themselves where they hold signs that mean something elsewhere', () => {
    const { header } = planOf("First Name,Last Name,Birthday,'=Sex $&\nAnn,Lee,1/2/1950,F\n");
    assert.match(patientMessage({ code: 'INVALID_ENUM', field: 'gender' }, header), /: =Sex \$& is none/);
  });

  it('may not be more than a thousand', () => {
    const { code, message } = problemOf(`${requiredHeadings}${',x'.repeat(1000)}\nAnn,Lee,1/2/1950,F\n`);
    assert.equal(code, 'FILE_HEADER_INVALID');
    assert.match(message, /more than 1000 columns/);
  });

  for (const delimiter of [';', '\t']) {
    it(`may be separated by ${JSON.stringify(delimiter)}`, () => {
      assert.deepEqual(fieldsOf(requiredHeadings.replaceAll(',', delimiter), delimiter), required);
      const rows = ['"A;n\tn"', 'Lee', '1/2/1950', 'F'].join(delimiter);
      const [record] = recordsOf(`${requiredHeadings.replaceAll(',', delimiter)}\n${rows}\n`);
      assert.deepEqual(record?.cells, ['A;n\tn', 'Lee', '1/2/1950', 'F']);
    });
  }

  it('end with the last that is not empty', () => {
    assert.deepEqual(fieldsOf(`${requiredHeadings},, ,`), required);
  });
});
