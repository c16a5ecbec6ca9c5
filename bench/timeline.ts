import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { uploadWorkflowId } from '../src/contracts/workflow-ids';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface Span {
  activity: string;
  /** Seconds after the upload's workflow began. */
  from: number;
  to: number;
  runs: number;
}

/** When the activities of an upload ran, its entities' included, by kind and in order of their begin. */
export async function timelineOf(temporalClient: Client, uploadId: string, entities: string[]): Promise<Span[]> {
  const ids = [uploadWorkflowId(uploadId), ...entities.map((entity) => `${uploadWorkflowId(uploadId)}/${entity}`)];
  const histories = await Promise.all(
    ids.map(async (id) => (await temporalClient.workflow.getHandle(id).fetchHistory()).events ?? []),
  );
  const began = secondsOf(histories[0]![0]!);
  const spans = new Map<string, Span>();
  for (const events of histories) {
    const names = new Map<string, string>();
    for (const event of events) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
      const completed = event.activityTaskCompletedEventAttributes;
      if (!completed) continue;
      const started = events.find(({ eventId }) => String(eventId) === String(completed.startedEventId));
      const activity = names.get(String(completed.scheduledEventId)) ?? '';
      const from = secondsOf(started!) - began;
      const to = secondsOf(event) - began;
      const known = spans.get(activity);
      spans.set(activity, {
        activity,
        from: Math.min(from, known?.from ?? from),
        to: Math.max(to, known?.to ?? to),
        runs: (known?.runs ?? 0) + 1,
      });
    }
  }
  return [...spans.values()].sort((a, b) => a.from - b.from);
}

/** The lines that a bench prints of it. */
export function timelineLines(spans: readonly Span[]): string[] {
  return spans.map(
    ({ activity, from, to, runs }) =>
      `${`  ${activity}`.padEnd(34)}${from.toFixed(2)} to ${to.toFixed(2)} s, ${runs} runs`,
  );
}

function secondsOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) + (eventTime?.nanos ?? 0) / 1e9;
}
