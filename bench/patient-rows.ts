import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const header = [
  'Patient First Name',
  'Patient Last Name',
  'Patient Birthday',
  'Patient Gender',
  'EHR ID',
  'CCM Enrollment Date',
  'Care Manager First Name',
  'Care Manager Last Name',
  'Physician First Name',
  'Physician Last Name',
  'Patient Home Phone Number',
  'Patient Mobile Phone Number',
  'Patient Email Address',
  'Patient Street',
  'Patient City',
  'Patient State',
  'Patient Zip Code',
  'Notes',
  'ICD10 Code',
  'Primary Insurance',
  'Primary Insurance Policy ID',
  'Risk Level',
  'Risk Score',
  'Department',
  'Language',
  'Medications',
];

const firstNames = ['Alice', 'Lou', 'Lorine', 'José', 'Kirk', 'Mei', 'Noor', 'Tomás', 'Ruth', 'Omar'];
const lastNames = ['Gleason', 'Little', 'Hayes', 'Leannon', 'Ruíz', 'Okafor', 'Nguyen', 'Smith'];
const cities = ['Lincoln', 'Omaha', 'Columbus', 'Kearney'];
const codes = ['E11.9', 'J45.909;I10', 'I10', ''];

/** A patient of the template's columns; each number gives the same one. Every tenth has a note with a comma and quotes. */
function patientRow(n: number, changed: boolean): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const first = `${firstNames[n % firstNames.length]}${n % 997}`;
  const cells = [
    first,
    `${lastNames[n % lastNames.length]}${Math.floor(n / 997)}`,
    `${two((n % 12) + 1)}/${two((n % 28) + 1)}/${1930 + (n % 80)}`,
    n % 2 === 0 ? 'Female' : 'Male',
    `E${String(n).padStart(8, '0')}`,
    '01/15/2026',
    'Dana',
    'Reyes',
    'Lee',
    'Ito',
    `402-555-${String(n % 10_000).padStart(4, '0')}`,
    changed ? '402-555-0188' : `(333) 555-${String((n * 7) % 10_000).padStart(4, '0')}`,
    `patient${n}@patient.example`,
    `${(n % 900) + 100} Kohler Camp`,
    cities[n % cities.length]!,
    'Nebraska',
    `68${String(n % 1000).padStart(3, '0')}`,
    n % 10 === 0 ? '"Said: ""call after 5"", lives alone"' : '',
    codes[n % codes.length]!,
    'Medicaid',
    `c42e7799-${n}`,
    'Low',
    String(n % 100),
    'Primary Care',
    'English',
    n % 3 === 0 ? 'Loratadine 5 MG Chewable Tablet; Metformin 500 MG Oral Tablet' : '',
  ];
  return `${cells.join(',')}\n`;
}

/** Writes so many patients, of whom a share has another phone number. */
export async function writePatients(file: string, rows: number, changed = 0): Promise<void> {
  const out = createWriteStream(file);
  const every = changed > 0 ? Math.round(1 / changed) : 0;
  out.write(`${header.join(',')}\n`);
  for (let n = 0; n < rows; n += 1) {
    if (!out.write(patientRow(n, every > 0 && n % every === 0))) {
      await once(out, 'drain');
    }
  }
  out.end();
  await finished(out);
}
