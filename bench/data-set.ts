import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { parse } from 'csv-parse/sync';
import {
  careRow,
  claimRow,
  familyRow,
  firstNames,
  memberRow,
  paymentRow,
  providerRow,
  type Organisation,
} from './data-set-rows';

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

const lastNames = ['Ruiz', 'Lewis', 'King', "O'Brien", 'Müller', 'Nguyen', 'Brown', 'Young', 'Davis', 'Clark', 'Kim'];
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
