import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findEntity } from '../../src/domain/entities';
import type { TestTenant } from './tenants';

type Place = Pick<TestTenant, 'workspaceId' | 'bucketId'>;

/** A small sync file; a row without its row type is an upsert, `90|…` and broken lines are taken as they are. */
export function cc5File(place: Place, entity: string, columns: string, rows: readonly string[]): string {
  const { entityType, dataSourceCode } = findEntity(entity)!;
  const lines = rows.map((row) => (/^\d\d\|/.test(row) ? row : `10|${row}|`));
  return [
    '00|TEST|cc5|20260115003000|test',
    `01|${entityType}|${place.workspaceId}|${place.bucketId}|${dataSourceCode}|`,
    '02|entityId',
    `03|${columns}`,
    ...lines,
    `99|${lines.length}`,
    '',
  ].join('\n');
}

export const sampleEntities = ['family', 'family_member', 'provider', 'care', 'claim', 'provider_payment'] as const;

/** One day of the sample, written for another tenant. */
export function sampleDay(place: Place, day: 'day1' | 'day2'): Record<string, string> {
  return Object.fromEntries(
    sampleEntities.map((entity) => {
      const text = readFileSync(path.join(process.cwd(), 'sample/carecloud', day, `${entity}.cc5txt`), 'utf8');
      const own = text.replace('|ws-demo|bk-demo|', `|${place.workspaceId}|${place.bucketId}|`);
      return [`${entity}.cc5txt`, own];
    }),
  );
}
