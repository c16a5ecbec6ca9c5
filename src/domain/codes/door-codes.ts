import type { DoorCodeEntry } from './code-entry';

/** Codes with which a door answers a request that it does not take (DESIGN section 2). */
export const doorCodes = {
  INVALID_REQUEST: {
    httpStatus: 400,
    message: 'The request cannot be read or lacks something it needs.',
    cause: 'The body is not JSON, or a parameter is missing or has the wrong form.',
    fix: 'Compare the request with the API description and send it again.',
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    message: 'The API key is missing, unknown or expired.',
    cause: 'The x-api-key header is absent or its key is no longer valid.',
    fix: 'Send a valid key in the x-api-key header.',
  },
  FORBIDDEN: {
    httpStatus: 403,
    message: 'This key may not do this.',
    cause: 'The key belongs to another tenant or lacks the right.',
    fix: 'Use the key of this workspace and bucket, or ask for the right.',
  },
  SINGLE_ENTITY_UPLOAD_NOT_PERMITTED: {
    httpStatus: 403,
    message: 'Single records are not written directly: send a file or a batch through the import endpoints.',
    cause: 'A create, update or delete of one entity could leave the data set incomplete.',
    fix: 'Send the record together with what it depends on as a file or JSON batch.',
  },
  NOT_FOUND: {
    httpStatus: 404,
    message: 'There is nothing here with this name or id.',
    cause: 'The path, entity or id is wrong, or belongs to another tenant.',
    fix: 'Check the path and the id.',
  },
  METHOD_NOT_ALLOWED: {
    httpStatus: 405,
    message: 'This address does not take this method.',
    cause: 'The address exists, but with other HTTP methods.',
    fix: 'Use a method that the Allow header names.',
  },
  RESULTS_NOT_READY: {
    httpStatus: 409,
    message: 'The results are there when the upload has finished.',
    cause: 'The upload is under way, or it ended before its rows were judged.',
    fix: 'Ask for the state of the upload and come back when it is completed; if it failed, its failure says why.',
  },
  UPLOAD_FINISHED: {
    httpStatus: 409,
    message: 'The upload has finished: there is nothing to cancel.',
    cause: 'A cancellation came after the end of the upload.',
    fix: 'Nothing; send corrected records as a new upload.',
  },
  ENDPOINT_NOT_PUBLIC: {
    httpStatus: 400,
    message: 'The endpoint is not on the public internet.',
    cause: 'The host of the endpoint has a loopback, private, link-local or otherwise reserved address.',
    fix: 'Give an address that everybody can reach, over https.',
  },
  SUBSCRIPTION_EXISTS: {
    httpStatus: 409,
    message: 'The endpoint is subscribed already.',
    cause: 'The tenant has a subscription of the endpoint with other event types, or the queue is taken.',
    fix: 'Delete that subscription first, or use it.',
  },
  SUBSCRIPTION_NOT_ACTIVE: {
    httpStatus: 409,
    message: 'The subscription is not confirmed, or is paused.',
    cause: 'The endpoint has not visited the SubscribeURL that SNS sent it, or the subscription was paused.',
    fix: 'Confirm it (the same POST /v1/subscriptions has SNS ask again) or resume it.',
  },
  SUBSCRIPTION_LIMIT: {
    httpStatus: 409,
    message: 'The tenant has as many subscriptions as it may have.',
    cause: 'All tenants share a topic, and SNS bounds the filters of one.',
    fix: 'Delete a subscription that is not used, or hand events on from one endpoint.',
  },
  TENANT_EXISTS: {
    httpStatus: 409,
    message: 'There is a tenant of these ids with another name or time zone.',
    cause: 'A tenant was made a second time, but differently.',
    fix: 'Change a tenant with PATCH.',
  },
  KEY_ENDED: {
    httpStatus: 409,
    message: 'The key is revoked, expired or has been rotated.',
    cause: 'Only a key that is good can have a successor, and only one.',
    fix: 'Make a new key; if the key was rotated, use or rotate its successor.',
  },
  SFTP_USER_EXISTS: {
    httpStatus: 409,
    message: 'This user name is or was in use.',
    cause: 'Names of SFTP users are unique over all tenants, and one that was revoked is not given again.',
    fix: 'Choose another name; give a user new credentials with rotate.',
  },
  SFTP_USER_ENDED: {
    httpStatus: 409,
    message: 'The SFTP user is revoked.',
    cause: 'A revoked user gets no new credentials.',
    fix: 'Make another user.',
  },
  IDEMPOTENCY_CONFLICT: {
    httpStatus: 409,
    message: 'This idempotency key was used before with another content.',
    cause: 'Two different requests carry the same InstanceId or idempotency key.',
    fix: 'Use a new key for new content; repeat a request unchanged.',
  },
  FILE_ALREADY_IMPORTED: {
    httpStatus: 409,
    message: 'This file was imported before.',
    cause: 'The same file id was given to a second import.',
    fix: 'Ask for a new file path and upload the file again if it should be imported once more.',
  },
  SNAPSHOT_NOT_READY: {
    httpStatus: 409,
    message: 'The snapshot has no pages: it is being taken, or it failed.',
    cause: 'An upload is being committed, of which a snapshot must not show half, or the pages are being written.',
    fix: 'Ask for the snapshot until its status is ready; if it failed, ask for another one.',
  },
  SNAPSHOT_LIMIT: {
    httpStatus: 409,
    message: 'There are as many snapshots as a tenant may have at a time.',
    cause: 'Each is a copy of all that the tenant has.',
    fix: 'Read one of those there are, delete one, or wait until one expires.',
  },
  SNAPSHOT_EXPIRED: {
    httpStatus: 410,
    message: 'The snapshot has expired: ask for another one.',
    cause: 'It was kept as long as was asked for, or it was deleted.',
    fix: 'Ask for a new snapshot.',
  },
  CURSOR_EXPIRED: {
    httpStatus: 410,
    message: 'This cursor is of another history of the records: read again from the start.',
    cause:
      'The database was restored since the cursor was given out, so that changes may have come twice or been lost.',
    fix: 'Read the entity again without a cursor and replace what you hold of it.',
  },
  QUERY_TOO_EXPENSIVE: {
    httpStatus: 422,
    message: 'The query takes too long: narrow it.',
    cause: 'Too many records have to be looked at, or are skipped over, to answer it.',
    fix: 'Ask by modified, startDate, entityId or id, set WithoutTotal, and go on from the last record instead of by Skip.',
  },
  BATCH_TOO_LARGE: {
    httpStatus: 413,
    message: 'The batch or page is larger than {limit} records: split it, or send a file.',
    cause: 'A JSON batch, or the page asked for, holds more records than allowed.',
    fix: 'Split batches at 1000 records; send more than 5000 records as a file.',
  },
  RATE_LIMITED: {
    httpStatus: 429,
    message: 'Too many requests: wait and send the request again.',
    cause: 'The key sent more requests per second than it may, or its address too many keys that are not known.',
    fix: 'Wait as long as the Retry-After header says.',
  },
  QUOTA_EXCEEDED: {
    httpStatus: 429,
    message: 'The monthly quota of this key is used up.',
    cause: 'The key sent more requests this month than it may.',
    fix: 'Wait for the next month or ask for a larger quota; do not retry.',
  },
  INTERNAL: {
    httpStatus: 500,
    message: 'Something went wrong on our side: send the request again.',
    cause: 'An unexpected fault; it is logged under the request id.',
    fix: 'Repeat the request; if it fails again, report its request id.',
  },
  UNAVAILABLE: {
    httpStatus: 503,
    message: 'A part of the service cannot be reached right now: send the request again in a moment.',
    cause: 'The database, the file store or the workflow service is down or restarting; GET /ready names which.',
    fix: 'Repeat the request after as long as the Retry-After header says, and then less and less often.',
  },
} as const satisfies Record<string, DoorCodeEntry>;
