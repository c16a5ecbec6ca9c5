/** What subscribers can hear of. Those of a submission carry the body of data-model C.4, the others the one of docs/events.md. */
export const submissionEventTypes = ['attendance', 'parent-attendance'] as const;

export const eventTypes = [
  ...submissionEventTypes,
  'upload.accepted',
  'upload.completed',
  'upload.failed',
  'records.changed',
  'nightly-sync.late',
  'nightly-sync.completed',
  'nightly-sync.failed',
  'patient-import.completed',
  'patient-import.failed',
] as const;

export type EventType = (typeof eventTypes)[number];

const submissions: ReadonlySet<string> = new Set(submissionEventTypes);

export function isSubmission(eventType: string): boolean {
  return submissions.has(eventType);
}
