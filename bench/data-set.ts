import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { parse } from 'csv-parse/sync';

/*
 * A state's sync in any size: the providers are the organisations of the roster, with families, members, care, claims
 * and payments around them in the proportions of the sample. The same options give the same bytes.
 */

export interface DataSetOptions {
  folder: string;
  /** Rows of all six files together, roughly. */
  rows: number;
  workspaceId: string;
  bucketId: string;
  /** Share of rows, 0 to 1, that differ from the data set with share 0. */
  changed?: number;
}

export interface DataSetFile {
  entity: string;
  file: string;
  rows: number;
}

interface Organisation {
  FacilityNumber: string;
  FacilityName: string;
  Address: string;
  City: string;
  ZipCode: string;
  CountyName: string;
  Capacity: string;
}

interface EntityFile {
  entityType: string;
  dataSourceCode: string;
  columns: string;
}

const files: Record<string, EntityFile> = {
  family: {
    entityType: 'wks_family',
    dataSourceCode: 'cc-family',
    columns:
      'entityId:string|name:string|email:string|phone:string|address:object|sameAddress:bool|singleParent:bool|familySize:int|familyMonthlyIncome:number|familyType:string|status:string|homeless:bool|language:string|comment:string|tags:array|disabled:bool',
  },
  family_member: {
    entityType: 'wks_family_member',
    dataSourceCode: 'cc-family-member',
    columns:
      'entityId:string|familyEntityId:string|firstName:string|lastName:string|middleInitial:string|dob:date|gender:string|email:string|phone:string|ethnicity:string|race:string|includeInSize:bool|status:string|isParent:bool|isChild:bool|primaryParent:bool|minorParent:bool|ssn:string|language:string|relationship:string|data:object|disabled:bool',
  },
  provider: {
    entityType: 'wks_provider',
    dataSourceCode: 'cc-provider',
    columns:
      'entityId:string|name:string|legalName:string|email:string|phone:string|address:object|providerType:string|isExempt:bool|status:string|taxId:string|language:string|license:list|rate:list|data:object|disabled:bool',
  },
  care: {
    entityType: 'wks_service',
    dataSourceCode: 'cc-service-care',
    columns:
      'entityId:string|childId:string|childName:string|childDOB:date|providerId:string|providerName:string|startDate:date|endDate:date|careType:string|fundingSource:string|schedules:list|providerRates:list|familyFee:list|status:string|disabled:bool',
  },
  claim: {
    entityType: 'wks_claim',
    dataSourceCode: 'cc-claim',
    columns:
      'entityId:string|childId:string|childName:string|providerId:string|providerType:string|startDate:date|endDate:date|careType:string|fundingSource:string|isAdjustment:bool|familyId:string|claimType:string|amount:number|items:list|familyFee:number|status:string|data:object|disabled:bool',
  },
  provider_payment: {
    entityType: 'wks_billing',
    dataSourceCode: 'cc-provider-payment',
    columns:
      'entityId:string|refEntityType:string|refDatasourceCode:string|refEntityId:string|providerName:string|eopCode:string|payDate:date|amount:number|status:string|items:list|data:object|disabled:bool',
  },
};

const firstNames = ['Ana', 'José', 'María', 'Omar', 'Lena', 'Tara', 'Zoë', 'Emma', 'Søren', 'Ngọc', 'Hugo', 'Iris'];
const lastNames = ['Ruiz', 'Lewis', 'King', "O'Brien", 'Müller', 'Nguyen', 'Brown', 'Young', 'Davis', 'Clark', 'Kim'];
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];
/** Families of this many children in turn give the sample's proportion. */
const childrenOfFamily = [2, 1, 2, 1, 3, 1, 2, 2, 1, 2];
const rowsPerFamily = 7.1;

/** Writes the six files and says what stands in them. */
export async function writeDataSet(options: DataSetOptions): Promise<DataSetFile[]> {
  mkdirSync(options.folder, { recursive: true });
  const roster = readRoster();
  const providers = roster.slice(0, Math.max(1, Math.min(roster.length, Math.floor(options.rows / 50))));
  const families = Math.max(1, Math.round((options.rows - 2 * providers.length) / rowsPerFamily));
  const writers = Object.entries(files).map(([entity, file]) => openFile(options, entity, file));
  const [family, member, provider, care, claim, payment] = writers as [
    FileWriter,
    FileWriter,
    FileWriter,
    FileWriter,
    FileWriter,
    FileWriter,
  ];
  const change = options.changed ?? 0;
  let serial = 0;
  const changes = (): boolean => {
    serial += 1;
    return Math.floor(serial * change) !== Math.floor((serial - 1) * change);
  };

  for (const [index, organisation] of providers.entries()) {
    await provider.write(providerRow(organisation, index, changes()));
    await payment.write(paymentRow(organisation, index, changes()));
  }
  for (let number = 1; number <= families; number += 1) {
    const name = lastNames[number % lastNames.length]!;
    const organisation = providers[(number * 7919) % providers.length]!;
    const providerId = `PV-${organisation.FacilityNumber}`;
    const familyId = `FM-${String(number).padStart(7, '0')}`;
    const children = childrenOfFamily[number % childrenOfFamily.length]!;
    await family.write(familyRow(familyId, name, organisation, number, children, changes()));
    await member.write(memberRow(familyId, 1, name, number, changes()));
    for (let child = 2; child <= children + 1; child += 1) {
      const childName = `${firstNames[(number + child) % firstNames.length]} ${name}`;
      const key = `${familyId.slice(3)}-${child}`;
      await member.write(memberRow(familyId, child, name, number + child, changes()));
      await care.write(careRow(key, childName, providerId, organisation, number + child, changes()));
      await claim.write(claimRow(key, childName, providerId, familyId, number, changes()));
    }
  }
  return Promise.all(writers.map((writer) => writer.close()));
}

function readRoster(): Organisation[] {
  const file = path.join(process.cwd(), 'bench/data/indiana-organisations-2022-03-31.csv');
  const rows = parse(readFileSync(file, 'utf8'), { columns: true, relax_quotes: true }) as Organisation[];
  const seen = new Set<string>();
  return rows.filter(({ FacilityNumber }) => !seen.has(FacilityNumber) && seen.add(FacilityNumber));
}

interface FileWriter {
  write(values: readonly (string | number | boolean)[]): Promise<void>;
  close(): Promise<DataSetFile>;
}

function openFile({ folder, workspaceId, bucketId }: DataSetOptions, entity: string, file: EntityFile): FileWriter {
  const target = path.join(folder, `${entity}.cc5txt`);
  const stream = createWriteStream(target, { highWaterMark: 1 << 20 });
  stream.write(`00|BENCH|cc5|20260115003000|bench-${entity}\n`);
  stream.write(
    `01|${file.entityType}|${workspaceId}|${bucketId}|${file.dataSourceCode}|\n02|entityId\n03|${file.columns}\n`,
  );
  let rows = 0;
  return {
    async write(values) {
      rows += 1;
      const line = values.map((value) => String(value).replaceAll('|', '#/#')).join('|');
      if (!stream.write(`10|${line}|\n`)) await once(stream, 'drain');
    },
    async close() {
      stream.end(`99|${rows}\n`);
      await once(stream, 'finish');
      return { entity, file: target, rows };
    },
  };
}

function address(organisation: Organisation, house: number): string {
  const { ZipCode: zip, City: city, CountyName: county } = organisation;
  return JSON.stringify({ zip, state: 'IN', city, address1: `${house % 9999} Main St`, county });
}

function digits(number: number, count: number): string {
  return String((number * 2654435761) % 10 ** count).padStart(count, '0');
}

function familyRow(id: string, name: string, near: Organisation, number: number, children: number, changed: boolean) {
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

function memberRow(familyId: string, place: number, lastName: string, number: number, changed: boolean) {
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

function providerRow(organisation: Organisation, index: number, changed: boolean) {
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

function careRow(
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

function claimRow(
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

function paymentRow(organisation: Organisation, index: number, changed: boolean) {
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
