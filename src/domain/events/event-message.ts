import { isSubmission } from './event-types';

/** An event as the outbox holds it. */
export interface StoredEvent {
  eventId: string;
  eventType: string;
  workspaceId: string;
  bucketId: string;
  createdAt: Date;
  body: Readonly<Record<string, unknown>>;
}

/** The fields of a submission event and their order (data-model C.4). */
const submissionFields = ['id', 'datasource_code', 'workspace_id', 'bucket_id', 'event_type', 'event_time'] as const;

/** What a subscriber reads: of a submission exactly the object of C.4, of all others the envelope of ours. */
export function eventMessage(event: StoredEvent): Record<string, unknown> {
  const { eventId, eventType, workspaceId, bucketId, createdAt, body } = event;
  // The database keeps keys in an order of its own.
  if (isSubmission(eventType)) return Object.fromEntries(submissionFields.map((name) => [name, body[name]]));
  return { eventId, eventType, workspaceId, bucketId, eventTime: createdAt.toISOString(), ...body };
}
