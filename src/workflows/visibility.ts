import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../contracts/search-attributes';

/*
 * What the Temporal UI shows of a run beside its ids. Only a run that was started with search attributes changes them: in
 * a namespace that does not know them the change would fail the run's tasks for ever.
 */

export type RunStatus = 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled';

export function showStatus(status: RunStatus): void {
  if (!isIndexed() || workflowInfo().typedSearchAttributes.get(searchAttributes.status) === status) return;
  upsertSearchAttributes([{ key: searchAttributes.status, value: status }]);
}

export function showEntities(entities: readonly string[]): void {
  if (!isIndexed() || entities.length === 0) return;
  upsertSearchAttributes([{ key: searchAttributes.entity, value: [...entities].sort() }]);
}

/** What the run of one entity says of itself: what its upload does, but its own entity and, being a part, no status. */
export function attributesOfEntityRun(entity: string): { typedSearchAttributes?: ReturnType<typeof ownAttributes> } {
  return isIndexed() ? { typedSearchAttributes: ownAttributes(entity) } : {};
}

function ownAttributes(entity: string) {
  return workflowInfo().typedSearchAttributes.updateCopy([
    { key: searchAttributes.entity, value: [entity] },
    { key: searchAttributes.status, value: null },
  ]);
}

function isIndexed(): boolean {
  return workflowInfo().typedSearchAttributes.get(searchAttributes.tenant) !== undefined;
}
