import type { StoredRecord } from '../db/queries/records-query';
import { recordIdOf } from '../domain/record-id';

/** A record as it is given out: its document with the two fields of the system (data-model A.0.1). */
export function describeRecord({ id, entityId, modified, document }: StoredRecord): object {
  return { ...document, id: recordIdOf(id), entityId, modified };
}
