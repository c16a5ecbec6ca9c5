/*
 * One row of each entity, as a state would send it. The values follow from the numbers that are handed in, and `changed`
 * rows differ in one field, so that the same options always give the same bytes.
 */

/** An organisation of the roster. */
export interface Organisation {
  FacilityNumber: string;
  FacilityName: string;
  Address: string;
  City: string;
  ZipCode: string;
  CountyName: string;
  Capacity: string;
}

export const firstNames = [
  'Ana',
  'José',
  'María',
  'Omar',
  'Lena',
  'Tara',
  'Zoë',
  'Emma',
  'Søren',
  'Ngọc',
  'Hugo',
  'Iris',
];
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];

function address(organisation: Organisation, house: number): string {
  const { ZipCode: zip, City: city, CountyName: county } = organisation;
  return JSON.stringify({ zip, state: 'IN', city, address1: `${house % 9999} Main St`, county });
}

function digits(number: number, count: number): string {
  return String((number * 2654435761) % 10 ** count).padStart(count, '0');
}

export function familyRow(
  id: string,
  name: string,
  near: Organisation,
  number: number,
  children: number,
  changed: boolean,
) {
  const email = `${id.toLowerCase()}@family.example`;
  const size = 1 + children + (changed ? 1 : 0);
  const income = ((number * 37) % 500_000) / 100;
  const comment = number % 3 === 0 ? 'First line#Enter#second line' : '';
  return [
    id,
    `${name} family`,
    email,
    `(317) 555-${digits(number, 4)}`,
    address(near, number),
    true,
    number % 2 === 0,
    size,
    income,
    'biological',
    'active',
    false,
    'en',
    comment,
    'ccdf',
    false,
  ];
}

export function memberRow(familyId: string, place: number, lastName: string, number: number, changed: boolean) {
  const isParent = place === 1;
  const id = `${familyId}-${place}`;
  const firstName = firstNames[number % firstNames.length]!;
  const year = isParent ? 1975 + (number % 25) : 2015 + (number % 9);
  const dob = `${year}${String(1 + (number % 12)).padStart(2, '0')}${String(1 + (number % 28)).padStart(2, '0')}`;
  const phone = changed ? '317-555-0199' : isParent ? `317555${digits(number, 4)}` : '';
  const email = isParent ? `${id.toLowerCase()}@family.example` : '';
  const data = isParent ? '{}' : '{"school":"Head Start"}';
  return [
    id,
    familyId,
    firstName,
    lastName,
    number % 2 === 0 ? 'J' : '',
    dob,
    number % 2 === 0 ? 'female' : 'male',
    email,
    phone,
    'no-hispanic-latino',
    'other',
    true,
    'active',
    isParent,
    !isParent,
    isParent,
    false,
    '',
    'en',
    isParent ? 'mother' : 'daughter',
    data,
    false,
  ];
}

export function providerRow(organisation: Organisation, index: number, changed: boolean) {
  const { FacilityNumber: number, FacilityName: name } = organisation;
  const license = [
    {
      number,
      name,
      capacity: Number(organisation.Capacity) || 0,
      startDate: '20220101',
      closeDate: '20281231',
      status: 'licensed',
    },
  ];
  const rate = [
    {
      name: 'Full time infant',
      childCategory: 'infant',
      rateCategory: 'full-time',
      startDate: '20260101',
      weekly: 298 + (changed ? 5 : 0),
      status: 'active',
    },
  ];
  const phone = `317-555-${digits(index, 4)}`;
  const taxId = `35-${digits(index + 1, 7)}`;
  return [
    `PV-${number}`,
    name,
    name,
    `office.${index}@provider.example`,
    phone,
    address(organisation, index),
    'licensed-center',
    true,
    'active',
    taxId,
    'en',
    JSON.stringify(license),
    JSON.stringify(rate),
    `{"vendorNO":"${index}"}`,
    false,
  ];
}

export function careRow(
  key: string,
  childName: string,
  providerId: string,
  near: Organisation,
  number: number,
  changed: boolean,
) {
  const slots = Object.fromEntries(
    weekdays.map((day) => [day, [{ timeIn: '08:00', timeOut: `17:${number % 2 === 0 ? '00' : '30'}` }]]),
  );
  const schedules = JSON.stringify([{ type: 'normal', schedule: slots }]);
  const rates = JSON.stringify([
    {
      startDate: '20260101',
      childCategory: '2-5',
      typeFT: 'weekly',
      rateFT: 200 + (number % 40),
      typePT: 'daily',
      ratePT: 48,
    },
  ]);
  const fee = JSON.stringify([{ startDate: '20260101', type: 'full-time', quantity: 130 }]);
  return [
    `CR-${key}`,
    `FM-${key}`,
    childName,
    '',
    providerId,
    near.FacilityName,
    '20260101',
    changed ? '20261130' : '20261231',
    'day-care',
    'CCDF',
    schedules,
    rates,
    fee,
    'active',
    false,
  ];
}

export function claimRow(
  key: string,
  childName: string,
  providerId: string,
  familyId: string,
  number: number,
  changed: boolean,
) {
  const price = 200 + (number % 40);
  const items = JSON.stringify([
    {
      startDate: '20260101',
      endDate: '20260131',
      rateType: 'weekly',
      rateCategory: '2-5',
      price,
      quantity: 4,
      amount: price * 4,
    },
  ]);
  const status = changed ? 'received' : 'new';
  return [
    `CL-202601-${key}`,
    `FM-${key}`,
    childName,
    providerId,
    'licensed-center',
    '20260101',
    '20260131',
    'day-care',
    'CCDF',
    false,
    familyId,
    'normal',
    price * 4,
    items,
    0,
    status,
    `{"careIds":["CR-${key}"]}`,
    false,
  ];
}

export function paymentRow(organisation: Organisation, index: number, changed: boolean) {
  const { FacilityNumber: number, FacilityName: name } = organisation;
  const items = JSON.stringify([1, 2, 3].map(() => ({ category: 'childcare', price: 842, quantity: 1, amount: 842 })));
  return [
    `EOP-202601-${number}`,
    'wks_provider',
    'cc-provider',
    `PV-${number}`,
    name,
    `E${index}`,
    '20260205',
    2526,
    changed ? 'void' : 'processed',
    items,
    '{}',
    false,
  ];
}
