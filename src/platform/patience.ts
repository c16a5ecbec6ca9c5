import type { S3ClientConfig } from '@aws-sdk/client-s3';

/** How often, and how long each time, a client of AWS waits before it fails with a TimeoutError. */
export type Patience = Required<Pick<S3ClientConfig, 'requestHandler' | 'maxAttempts'>>;

/** No connection takes longer that is ever made. */
const connectionTimeout = 5_000;

/*
 * A socket may be still for so long: a store that copies gigabytes within itself says nothing meanwhile, and a reader of
 * ours may read slowly. How long an answer may take to begin is bounded only where bodies are small.
 */
export const patience = {
  /** Activities: Temporal tries again, for hours if it must. */
  ofWorkers: { maxAttempts: 3, requestHandler: { connectionTimeout, socketTimeout: 60_000 } },
  /** Requests: somebody waits for the answer. */
  ofRequests: {
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      socketTimeout: 60_000,
    },
  },
  /** The outbox of a tenant is locked while its events go out. */
  ofPublishers: { maxAttempts: 2, requestHandler: { connectionTimeout, socketTimeout: 10_000 } },
} satisfies Record<string, Patience>;
