import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import {
  resultsFileName,
  writeRefusal,
  writeResultsHeader,
  writeResultsLine,
  writeTemplate,
  writeTemplateExample,
} from '../../../../src/domain/formats/patient-csv';
import { isName } from '../../../../src/sftp/virtual-path';
import { defuseFormula, withoutDefusingMark } from '../../../../src/domain/formats/patient-csv/formulas';
import { planOf, recordsOf, requiredHeadings, rowsOf } from './support';

/** The results file of a file whose rows were all created, with a message for the first. */
function resultsOf(file: string | Buffer): string {
  const { header } = planOf(file);
  const lines = recordsOf(file).map((record, i) =>
    writeResultsLine(header, record, 'Created', i === 0 ? ['A: one.', 'B: two.'] : []),
  );
  return writeResultsHeader(header) + lines.join('');
}

describe('the template', () => {
  it('is the header row of the article, in its words', () => {
    assert.equal(
      writeTemplate(),
      'Patient First Name,Patient Last Name,Patient Birthday,Patient Gender,EHR ID,CCM Enrollment Date,' +
        'Care Manager First Name,Care Manager Last Name,Physician First Name,Physician Last Name,' +
        'Patient Home Phone Number,Patient Mobile Phone Number,Patient Work Phone Number,Patient Email Address,' +
        'Patient Street,Patient City,Patient State,Patient Zip Code,Notes,Medicare ID,Medicare Enrollment Date,' +
        'ICD10 Code,Primary Insurance,Primary Insurance Policy ID,Secondary Insurance,Risk Level,Risk Score,' +
        'Patient Flags,Department,Language,Medications\r\n',
    );
  });

  it('has an example that is imported without a word', () => {
    const rows = [...rowsOf(writeTemplateExample()).values()];
    assert.equal(rows.length, 2);
    for (const { problems, document } of rows) {
      assert.deepEqual(problems, []);
      assert.ok(document);
    }
    const { columns } = planOf(writeTemplateExample()).header;
    const first = JSON.parse(rows[0]?.document ?? '{}') as Record<string, unknown>;
    assert.deepEqual(
      Object.keys(first),
      columns.map(({ name }) => name),
      'every column is filled in',
    );
  });
});

describe('a results file', () => {
  it('has the original columns in their order and text, then Result and Messages', () => {
    const file = `Sex,"Shoe, Size",First Name,DOB,Last Name,Notes\nF,x, Ann ,1/2/1950,Lee,"say ""hi"",\nplease"\nM,,Bob,1/2/1951,Lee\n`;
    assert.equal(
      resultsOf(file),
      'Sex,"Shoe, Size",First Name,DOB,Last Name,Notes,Result,Messages\r\n' +
        'F,x," Ann ",1/2/1950,Lee,"say ""hi"",\nplease",Created,A: one.; B: two.\r\n' +
        'M,,Bob,1/2/1951,Lee,,Created,\r\n',
    );
  });

  it('keeps the delimiter of the file', () => {
    const file = `${requiredHeadings.replaceAll(',', ';')}\nAnn;"L;ee";1/2/1950;F\n`;
    assert.match(
      resultsOf(file),
      /^First Name;.*;Result;Messages\r\nAnn;"L;ee";1\/2\/1950;F;Created;"A: one.; B: two."\r\n$/,
    );
  });

  it('keeps cells beyond the last column in it', () => {
    const [, line] = resultsOf(`${requiredHeadings}\nAnn,Lee,1/2/1950,F,extra,more,,\n`).split('\r\n');
    assert.equal(line, 'Ann,Lee,1/2/1950,"F,extra,more",Created,A: one.; B: two.');
  });

  it('is UTF-8, marked so where a spreadsheet would not know', () => {
    const text = `${requiredHeadings}\nZoë,Lee,1/2/1950,F\n`;
    for (const [bytes, isMarked] of [
      [Buffer.from(text), false],
      [Buffer.from(`\ufeff${text}`), true],
      [Buffer.from(`\ufeff${text}`, 'utf16le'), true],
      [Buffer.from(text, 'latin1'), true],
    ] as const) {
      assert.equal(resultsOf(bytes).startsWith('\ufeff'), isMarked);
      assert.match(resultsOf(bytes), /Zoë/);
    }
  });

  it('can be sent again: its own columns are not read, and are there once', () => {
    const file = `${requiredHeadings},Notes\nAnn,Lee,1/2/1950,F,=SUM(A1)\nBob,Lee,1/2/1950,Q,"'+x,y"\n`;
    const once = resultsOf(file);
    const twice = resultsOf(once);
    assert.equal(twice, once);
    assert.deepEqual([...rowsOf(once)], [...rowsOf(file)]);
    assert.match(String(rowsOf(once).get(2)?.document), /"notes":"=SUM\(A1\)"/);
  });

  it('is refused in plain words for a file that cannot be read', () => {
    const refusal = writeRefusal({ code: 'FILE_EMPTY', message: 'The file is empty: fill in the template.' });
    assert.deepEqual(parse(refusal), [
      ['Result', 'Messages'],
      ['Errored', 'FILE_EMPTY: The file is empty: fill in the template.'],
    ]);
  });

  for (const [run, name] of [
    [1, '2026-01-15_patients.csv'],
    [2, '2026-01-15-2_patients.csv'],
    [11, '2026-01-15-11_patients.csv'],
  ] as const) {
    it(`of run ${run} of a day is named ${name}`, () => {
      assert.equal(resultsFileName('patients.csv', '2026-01-15', run), name);
    });
  }

  for (const [original, name] of [
    [`${'a'.repeat(231)}.csv`, `${'a'.repeat(231)}.csv`],
    [`${'a'.repeat(251)}.csv`, `${'a'.repeat(231)}.csv`],
    [`${'ä'.repeat(400)}.CSV`, `${'ä'.repeat(115)}.CSV`],
    [`${'𝄞'.repeat(64)}`, `${'𝄞'.repeat(58)}`],
    [`a.${'b'.repeat(300)}`, `a.${'b'.repeat(233)}`],
    ['a\\b\n\u0085c\ufffd.csv', 'a_b__c_.csv'],
  ] as const) {
    it(`is a name that SFTP shows: ${JSON.stringify(original).slice(0, 20)}, ${original.length} long`, () => {
      const made = resultsFileName(original, '2026-01-15', 123_456);
      assert.equal(made, `2026-01-15-123456_${name}`);
      assert.ok(isName(made));
    });
  }
});

describe('a cell that a spreadsheet would run', () => {
  for (const formula of [
    '=1+1',
    '+cmd|calc',
    '-2+A1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '=HYPERLINK("http://x","y")',
    "+1 402 555 0134 'x",
    '-',
    '+',
    "'=1",
  ]) {
    it(`is defused and read as it was: ${JSON.stringify(formula)}`, () => {
      const defused = defuseFormula(formula);
      assert.match(defused, /^'/);
      assert.equal(defuseFormula(defused), defused);
      if (!formula.startsWith("'")) assert.equal(withoutDefusingMark(defused), formula);
    });
  }

  for (const plain of [
    '-5',
    '+1 402-555-0134',
    '+14025550134',
    '-77.5',
    'a=b',
    "'tis",
    "O'Neil",
    '',
    '(402) 555-0134',
    ' =1',
  ]) {
    it(`is not ${JSON.stringify(plain)}`, () => {
      assert.equal(defuseFormula(plain), plain);
      assert.equal(withoutDefusingMark(plain), plain);
    });
  }
});
