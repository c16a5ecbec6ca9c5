import type { Client } from '@temporalio/client';

/** Processes, by their id, that started activities of a run. */
export async function processesOf(temporal: Client, workflowId: string): Promise<Set<number>> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const identities = (events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes?.identity ?? []);
  // The SDK names a worker `pid@host`.
  return new Set(identities.map((identity) => Number(identity.split('@')[0])));
}
